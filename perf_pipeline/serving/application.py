"""The web application: reports below `/reports/`, their list at `/`, `/healthz`, `/metrics`."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import uvicorn
from anyio import to_thread
from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.language.spoken import say
from perf_pipeline.metrics import metrics_text
from perf_pipeline.recompute.record import newest_recomputation
from perf_pipeline.serving.access import Access
from perf_pipeline.serving.answering import Answering, AnswerPages, largest_body
from perf_pipeline.serving.bounds import bounded_body, bounded_protocol
from perf_pipeline.serving.drawing import Draw, Drawing
from perf_pipeline.serving.folders import REPORT_POLICY, ReportFiles
from perf_pipeline.warehouse.dimensions import known_names
from perf_pipeline.warehouse.engine import connect_read_only
from perf_pipeline.warehouse.schema import department

log = logging.getLogger(__name__)
Told = TypeVar("Told")
SECURITY = {
    "Content-Security-Policy": REPORT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "private, no-cache",
}
WORDS = {
    403: "这个请求没有经过可信的反向代理，什么也不能看",
    404: "没有这个页面",
    405: "只能看，不能改",
}


def server(
    folder: Path,
    warehouse_url: str,
    access: Access,
    port: int,
    answers: Answering | None = None,
    draw: Draw | None = None,
) -> uvicorn.Server:
    """Make the server of the reports of a folder; `run()` serves until interrupted.

    By itself it only reads. With `answers` items are answered at `/items/`, with `draw` reports
    that are not there are drawn.
    """
    engine = connect_read_only(warehouse_url)
    drawing = Drawing(folder, engine, draw, access.rules.seconds / 2) if draw else None

    async def health(_request: Request) -> Response:
        healthy = await to_thread.run_sync(_asked, engine, _answers, False)
        told = {"status": "ok" if healthy else "warehouse does not answer"}
        return JSONResponse(told, status_code=200 if healthy else 503)

    async def metrics(request: Request) -> Response:
        if not access.seen_by(request).everything:  # they are sums over all departments
            raise HTTPException(404)
        try:
            return PlainTextResponse(await to_thread.run_sync(metrics_text, engine))
        except SQLAlchemyError:
            return PlainTextResponse("warehouse does not answer", status_code=503)

    async def first(_request: Request) -> Response:
        return RedirectResponse("reports/")

    served = Starlette(
        routes=[
            *(AnswerPages(access, answers).routes if answers else ()),
            Route("/", first),
            Route("/healthz", health),
            Route("/metrics", metrics),
            Mount(
                "/reports",
                ReportFiles(
                    folder,
                    access,
                    lambda: _asked(engine, known_names, {}),
                    lambda: _asked(engine, _recomputed, None),
                    drawing,
                ),
            ),
        ],
        middleware=[
            Middleware(
                TrustedHostMiddleware, allowed_hosts=access.allowed_hosts, www_redirect=False
            )
        ],
        exception_handlers={HTTPException: _refused, ConfigurationError: _misconfigured},
    )
    config = uvicorn.Config(
        _with_security(bounded_body(served, largest_body if answers else lambda _: 0)),
        host=access.host,
        port=port,
        proxy_headers=False,  # whose header is believed is decided by the true peer
        server_header=False,
        http=bounded_protocol(access.rules.seconds, access.rules.connections),
        ws="none",
        limit_concurrency=access.rules.connections + 1,  # uvicorn counts the one that asks
        log_level="warning",
    )
    return uvicorn.Server(config)


def _with_security(inner: ASGIApp) -> ASGIApp:
    """Put the headers of security on every answer that does not set its own."""

    async def outer(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY.items():
                    headers.setdefault(name, value)
            await send(message)

        await inner(scope, receive, send_with)

    return outer


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    words = WORDS.get(error.status_code, error.detail)
    return PlainTextResponse(say(words), status_code=error.status_code, headers=error.headers)


async def _misconfigured(_request: Request, error: Exception) -> Response:
    log.error("本服务答不了：%s", error)  # which may name places that a reader need not know
    words = "本服务的设置有误，原因已记入日志：请告诉管理员"
    return PlainTextResponse(say(words), status_code=503)


def _asked(engine: Engine, read: Callable[[Connection], Told], otherwise: Told) -> Told:
    """Ask the warehouse; where it does not answer, say `otherwise`."""
    try:
        with engine.connect() as connection:
            return read(connection)
    except SQLAlchemyError:
        return otherwise


def _answers(connection: Connection) -> bool:
    return connection.scalar(select(func.count()).select_from(department)) is not None


def _recomputed(connection: Connection) -> str | None:
    """Say what came of the last recomputation; nothing where there is none."""
    last = newest_recomputation(connection)
    return last.statement if last else None
