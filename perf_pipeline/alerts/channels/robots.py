"""Group robots (群机器人): 企业微信, 钉钉 and 飞书, by their published interfaces.

Each says in the JSON of its answer what happened, with HTTP 200 or 400: the codes that mean "later"
are told from those that mean "never". 企业微信: 20 messages a minute, 4,096 bytes of markdown;
钉钉: 20 a minute, or ten minutes of silence; 飞书: 100 a minute, 20 KB of body.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal
from urllib.parse import quote_plus

from perf_pipeline.alerts.channels.channel import Channel, Refused, TryLater, Unclear, secret
from perf_pipeline.alerts.channels.http import Answer, encode, host_of, post
from perf_pipeline.alerts.message import Message, without_markdown

CLOCK_OFF_SECONDS = 3_000  # signatures are good for an hour
WITH_A_BODY = (400,)  # HTTP statuses with which a robot's own code may come


@dataclass(frozen=True)
class Codes:
    """The codes of a brand: where they stand, which mean "later", which a wrong clock can cause."""

    brand: str
    code: str
    words: str
    later: Mapping[int, int]  # code to seconds
    signature: frozenset[int] = frozenset()


def _settle(codes: Codes, url: str, answer: Answer) -> None:
    """Raise what a robot's answer means; its code 0 is success."""
    try:
        said = json.loads(answer.content)
    except ValueError:
        said = None
    if not isinstance(said, dict) or codes.code not in said:
        if answer.status in WITH_A_BODY:
            raise Refused(f"{host_of(url)} 拒收（HTTP {answer.status}）")
        raise Unclear(f"{host_of(url)} 的回答看不懂，收没收到不清楚")
    code = said[codes.code]
    if code == 0:
        return
    words = f"{codes.brand}没有收下（错误码 {code}：{str(said.get(codes.words))[:200]}）"
    if code in codes.later:
        raise TryLater(words, codes.later[code])
    off = answer.clock_off_seconds
    if code in codes.signature and off is not None and abs(off) > CLOCK_OFF_SECONDS:
        raise TryLater(f"{words}；本机时钟与对方相差约{abs(off) // 60}分钟，请校准时钟", 600)
    raise Refused(words)


class WeComRobot(Channel):
    """企业微信群机器人: the key is part of the address."""

    largest: ClassVar[int] = 3_800  # of 4,096 bytes, with room for the title
    per_minute: ClassVar[int] = 20

    # 45009: too many calls; -1: the system is busy
    codes: ClassVar[Codes] = Codes("企业微信", "errcode", "errmsg", {45009: 60, -1: 60})

    kind: Literal["wecom"]
    url_env: str

    def send(self, message: Message, to: Sequence[str]) -> None:
        """Post a markdown message."""
        url = secret(self.url_env)
        lines = "\n".join(map(without_markdown, message.lines))
        content = f"**{without_markdown(message.title)}**\n{lines}"
        body = {"msgtype": "markdown", "markdown": {"content": content}}
        _settle(self.codes, url, post(url, encode(body), read_also=WITH_A_BODY))


class DingTalkRobot(Channel):
    """钉钉群机器人 with signature (加签): HMAC-SHA256 over milliseconds and secret."""

    largest: ClassVar[int] = 18_000
    per_minute: ClassVar[int] = 20

    # 130101 and 90030: sent too fast, ten minutes of silence; -1: the system is busy
    codes: ClassVar[Codes] = Codes(
        "钉钉", "errcode", "errmsg", {130101: 600, 90030: 600, -1: 60}, frozenset({310000})
    )

    kind: Literal["dingtalk"]
    url_env: str
    secret_env: str

    def send(self, message: Message, to: Sequence[str]) -> None:
        """Post a markdown message with the signature in the address."""
        url, key = secret(self.url_env), secret(self.secret_env)
        moment = str(round(time.time() * 1000))
        digest = hmac.new(key.encode(), f"{moment}\n{key}".encode(), hashlib.sha256).digest()
        signed = f"{url}&timestamp={moment}&sign={quote_plus(base64.b64encode(digest))}"
        # a single line break does not break the line in their markdown
        title = without_markdown(message.title)
        text = f"#### {title}\n\n" + "\n\n".join(map(without_markdown, message.lines))
        body = {"msgtype": "markdown", "markdown": {"title": title, "text": text}}
        _settle(self.codes, url, post(signed, encode(body), read_also=WITH_A_BODY))


class FeishuRobot(Channel):
    """飞书自定义机器人 with signature: seconds and secret are the key, the text is empty."""

    largest: ClassVar[int] = 12_000  # of 20 KB, since each line is wrapped in JSON
    per_minute: ClassVar[int] = 100

    # 11232 and 99991400: too many calls
    codes: ClassVar[Codes] = Codes(
        "飞书", "code", "msg", {11232: 60, 99991400: 60}, frozenset({19021})
    )

    kind: Literal["feishu"]
    url_env: str
    secret_env: str

    def send(self, message: Message, to: Sequence[str]) -> None:
        """Post a rich text message with the signature in its body."""
        url, key = secret(self.url_env), secret(self.secret_env)
        moment = str(int(time.time()))
        digest = hmac.new(f"{moment}\n{key}".encode(), b"", hashlib.sha256).digest()
        lines = [[{"tag": "text", "text": line}] for line in message.lines]
        body = {
            "timestamp": moment,
            "sign": base64.b64encode(digest).decode(),
            "msg_type": "post",
            "content": {"post": {"zh_cn": {"title": message.title, "content": lines}}},
        }
        _settle(self.codes, url, post(url, encode(body), read_also=WITH_A_BODY))
