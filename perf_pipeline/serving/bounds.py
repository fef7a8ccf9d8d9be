"""Bounds on those who ask (连接的界限): how long a connection may take, how long a body may be.

A client that sends or reads slowly, or not at all, is cut off; it holds nothing meanwhile but its
connection, of which there is a highest number.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

SWALLOWED = 4 * 1024 * 1024  # bytes of a body that is refused and yet heard to its end


def bounded_protocol(seconds: float, connections: int) -> type[asyncio.Protocol]:
    """Make the protocol whose connections have so many seconds for a request and its answer.

    Counted from the connection's beginning, then from the end of each answer. What comes beyond
    twice as many connections as are answered is cut off unheard: a silent one holds a place too.
    """

    class Bounded(H11Protocol):
        _deadline: asyncio.TimerHandle | None = None

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            if len(self.connections) > 2 * connections:
                transport.abort()
                return
            self._begin()

        def connection_lost(self, exc: Exception | None) -> None:
            if self._deadline is not None:
                self._deadline.cancel()
            super().connection_lost(exc)

        def on_response_complete(self) -> None:
            self._begin()
            super().on_response_complete()

        def _begin(self) -> None:
            if self._deadline is not None:
                self._deadline.cancel()
            self._deadline = self.loop.call_later(seconds, self.transport.abort)

    return Bounded


def bounded_body(inner: ASGIApp, largest: Callable[[Scope], int]) -> ASGIApp:
    """Refuse every request whose body is larger than may be where it is sent: 0 is none.

    A body that does not say how long it is counts as too long. What is a little too long is
    swallowed after the refusal is sent, for a client that is cut off while it sends shows a broken
    connection instead of the reason.
    """

    async def outer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            headers = Headers(scope=scope)
            length = headers.get("content-length", "0")
            known = length.isascii() and length.isdigit() and "transfer-encoding" not in headers
            if not known or int(length) > largest(scope):
                refused = PlainTextResponse(
                    "这里只能看，请求不能带内容，或内容太长",
                    status_code=413,
                    headers={"Connection": "close"},
                )
                if known and int(length) <= SWALLOWED:
                    send = _with_body_first(receive, send)
                await refused(scope, receive, send)
                return
        await inner(scope, receive, send)

    return outer


def _with_body_first(receive: Receive, send: Send) -> Send:
    """Send an answer at once, and end it when the request's body has come."""

    async def ending(message: Message) -> None:
        ends = message["type"] == "http.response.body" and not message.get("more_body", False)
        await send({**message, "more_body": True} if ends else message)
        if ends:
            while (await receive()).get("more_body", False):
                pass
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    return ending
