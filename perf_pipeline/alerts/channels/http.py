"""Posting JSON to a robot or a webhook, without its address ever reaching an error or a log.

A robot's address holds its key, so errors name the host alone.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from perf_pipeline.alerts.channels.channel import Refused, TryLater, Unclear
from perf_pipeline.domain.errors import ConfigurationError

SECONDS = (5, 20)  # to connect, to answer
LARGEST_ANSWER = 64 * 1024
DEFAULT_WAIT = 60
LONGEST_WAIT = 3600
LOCAL_HOSTS = {"127.0.0.1", "::1", "localhost"}


@dataclass(frozen=True)
class Answer:
    """What the other side said, and how far its clock is from ours, where it told the time."""

    status: int
    content: bytes
    clock_off_seconds: int | None


def encode(body: Mapping[str, object]) -> bytes:
    """Write a body as UTF-8 JSON, once: what is signed is what is sent."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def host_of(url: str) -> str:
    """Return an address's host; raises ConfigurationError for one that would leak the message."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigurationError("预警渠道的地址不是网址")
    if parts.scheme == "http" and parts.hostname not in LOCAL_HOSTS:
        raise ConfigurationError(f"预警渠道的地址应以 https 开头：{parts.hostname}")
    return parts.hostname


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str] | None = None,
    *,
    repeatable: bool = False,
    read_also: Collection[int] = (),
) -> Answer:
    """Post JSON and return the answer. Redirects are not followed.

    `read_also` are HTTP statuses beside success whose body says what happened.

    Raises TryLater where the other side is not there, is busy or limits the rate, Unclear where
    the line broke after the message may have gone, and Refused for any other answer than success.
    `repeatable` tells that the other side drops repeats, so that what is unclear is tried again.
    """
    import requests  # only who sends pays for it, and not who reads which channels there are

    host = host_of(url)
    sent = {"Content-Type": "application/json; charset=utf-8", **(headers or {})}
    try:
        with requests.post(
            url, data=body, headers=sent, timeout=SECONDS, allow_redirects=False, stream=True
        ) as answer:
            status, wait = answer.status_code, answer.headers.get("Retry-After", "")
            told_at = answer.headers.get("Date")
            content = answer.raw.read(LARGEST_ANSWER, decode_content=True)
    except requests.exceptions.SSLError:
        raise Refused(f"{host} 的证书不可信") from None
    except (requests.RequestException, OSError) as error:
        words = f"（{type(error).__name__}）"
        if repeatable or _never_connected(error):
            raise TryLater(f"{host} 连接不上{words}", DEFAULT_WAIT) from None
        raise Unclear(f"{host} 没有答复就断开了，收没收到不清楚{words}") from None
    if status in (429, 503) or (repeatable and status >= 500):
        seconds = int(wait) if wait.isdecimal() else DEFAULT_WAIT
        raise TryLater(f"{host} 暂时不收（HTTP {status}）", min(seconds, LONGEST_WAIT))
    if status >= 500:
        raise Unclear(f"{host} 出错，收没收到不清楚（HTTP {status}）")
    if not 200 <= status < 300 and not (status in read_also and content):
        raise Refused(f"{host} 拒收（HTTP {status}）")
    return Answer(status, bytes(content), _clock_off(told_at))


def _clock_off(told_at: str | None) -> int | None:
    try:
        there = parsedate_to_datetime(told_at or "")
    except ValueError:
        return None
    if there.tzinfo is None:
        return None
    return round((datetime.now(UTC) - there).total_seconds())


def _never_connected(error: Exception) -> bool:
    from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError

    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else None
    return isinstance(reason, NewConnectionError | ConnectTimeoutError)
