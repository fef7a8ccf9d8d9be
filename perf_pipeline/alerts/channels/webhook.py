"""A signed webhook, for a system of the department's own."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Sequence
from typing import ClassVar, Literal

from perf_pipeline.alerts.channels.channel import Channel, secret
from perf_pipeline.alerts.channels.http import encode, post
from perf_pipeline.alerts.message import Message


def signature(key: str, moment: str, body: bytes) -> str:
    """Sign a body: the HMAC-SHA256, in hexadecimal, of the moment, a full stop and the body."""
    return hmac.new(key.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()


class WebhookChannel(Channel):
    """Posts {"key", "title", "lines"}; a receiver checks the signature and drops repeated keys."""

    largest: ClassVar[int] = 100_000

    kind: Literal["webhook"]
    url_env: str
    secret_env: str

    def send(self, message: Message, to: Sequence[str]) -> None:
        """Post the message with its moment, signature and key in the headers."""
        body = encode(
            {"key": message.key, "title": message.title, "lines": message.lines, "to": list(to)}
        )
        moment = str(int(time.time()))
        headers = {
            "Idempotency-Key": message.key,
            "X-Perf-Timestamp": moment,
            "X-Perf-Signature": f"sha256={signature(secret(self.secret_env), moment, body)}",
        }
        post(secret(self.url_env), body, headers, repeatable=True)
