"""Group robots (群机器人): 企业微信, 钉钉 and 飞书, by their published interfaces.

Each answers HTTP 200 whatever happened and says in its JSON what did: the codes that mean "later"
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
from typing import Any, ClassVar, Literal
from urllib.parse import quote_plus

from perf_pipeline.alerts.channels.channel import Channel, Refused, TryLater, Unclear, secret
from perf_pipeline.alerts.channels.http import encode, host_of, post
from perf_pipeline.alerts.message import Message


def _answer(url: str, content: bytes) -> Mapping[str, Any]:
    """Read a robot's answer, which is a JSON object."""
    try:
        answer = json.loads(content)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise Unclear(f"{host_of(url)} 的回答不是 JSON，收没收到不清楚")
    return answer


def _settle(name: str, code: object, said: object, later: Mapping[int, int]) -> None:
    """Raise what a robot's code means; 0 is success. `later` gives codes and seconds to wait."""
    if code == 0:
        return
    words = f"{name}没有收下（错误码 {code}：{str(said)[:200]}）"
    if isinstance(code, int) and code in later:
        raise TryLater(words, later[code])
    raise Refused(words)


class WeComRobot(Channel):
    """企业微信群机器人: the key is part of the address."""

    largest: ClassVar[int] = 3_800  # of 4,096 bytes, with room for the title
    per_minute: ClassVar[int] = 20

    kind: Literal["wecom"]
    url_env: str

    def send(self, message: Message, to: Sequence[str]) -> None:
        """Post a markdown message."""
        url = secret(self.url_env)
        content = f"**{message.title}**\n{message.text}"
        body = {"msgtype": "markdown", "markdown": {"content": content}}
        answer = _answer(url, post(url, encode(body)))
        # 45009: too many calls; -1: the system is busy
        _settle("企业微信", answer.get("errcode"), answer.get("errmsg"), {45009: 60, -1: 60})


class DingTalkRobot(Channel):
    """钉钉群机器人 with signature (加签): HMAC-SHA256 over milliseconds and secret."""

    largest: ClassVar[int] = 18_000
    per_minute: ClassVar[int] = 20

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
        text = f"#### {message.title}\n\n" + "\n\n".join(message.lines)
        body = {"msgtype": "markdown", "markdown": {"title": message.title, "text": text}}
        answer = _answer(url, post(signed, encode(body)))
        # 130101 and 90030: sent too fast, ten minutes of silence; -1: the system is busy
        later = {130101: 600, 90030: 600, -1: 60}
        _settle("钉钉", answer.get("errcode"), answer.get("errmsg"), later)


class FeishuRobot(Channel):
    """飞书自定义机器人 with signature: seconds and secret are the key, the text is empty."""

    largest: ClassVar[int] = 12_000  # of 20 KB, since each line is wrapped in JSON
    per_minute: ClassVar[int] = 100

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
        answer = _answer(url, post(url, encode(body)))
        # 11232: too many calls
        _settle("飞书", answer.get("code"), answer.get("msg"), {11232: 60})
