"""Servers that tests send to: SMTP with TLS, and HTTP ones that answer as group robots do."""

import base64
import hashlib
import hmac
import json
import socket
import ssl
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD, KEY = "finance", "correct-horse", "robot-secret"


@dataclass
class Mailbox:
    """What an SMTP server took, and what it answers to the next messages."""

    mails: list[Envelope] = field(default_factory=list)
    turned_away: dict[str, str] = field(default_factory=dict)  # addresses, and what they are told
    answers: list[str] = field(default_factory=list)  # taken from the front; empty: 250

    async def handle_RCPT(  # noqa: N802
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        if address in self.turned_away:
            return self.turned_away[address]
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.answers:
            return self.answers.pop(0)
        self.mails.append(envelope)
        return "250 taken"


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def smtp_server(mailbox: Mailbox, folder: Path, *, tls: bool = False) -> Iterator[tuple[int, Path]]:
    """Run an SMTP server that wants TLS and a password; give its port and its authority's file."""
    authority = trustme.CA()
    authority_file = folder / "authority.pem"
    authority.cert_pem.write_to_path(authority_file)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)

    def check(
        _server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any
    ) -> AuthResult:
        right = isinstance(given, LoginPassword) and (given.login, given.password) == (
            USER.encode(),
            PASSWORD.encode(),
        )
        return AuthResult(success=right, handled=right)

    controller = Controller(
        mailbox,
        hostname="127.0.0.1",
        port=free_port(),
        ssl_context=context if tls else None,
        tls_context=None if tls else context,
        require_starttls=not tls,
        auth_required=True,
        auth_require_tls=not tls,
        authenticator=check,
    )
    controller.start()
    try:
        yield controller.port, authority_file
    finally:
        controller.stop()


@dataclass
class Robot:
    """A robot's published behaviour: it checks signature, size and rate, and keeps what it took.

    `says` is what it answers instead to the next requests: a code of its own, or an HTTP status.
    """

    brand: str
    per_minute: int = 20
    largest: int = 4096
    taken: list[dict[str, Any]] = field(default_factory=list)
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    says: list[int] = field(default_factory=list)
    status: int = 200  # with which a code of its own comes
    clock_ahead: int = 0  # seconds by which its clock is ahead of ours
    _moments: list[float] = field(default_factory=list)

    def answer(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, Any]]:
        self.requests.append((headers, body))
        if self.says and 400 <= self.says[0] < 600:
            return self.says.pop(0), {}
        content = json.loads(body)
        code = self.says.pop(0) if self.says else self._code(path, headers, content, body)
        if code == 0:
            self.taken.append(content)
        names = ("code", "msg") if self.brand == "feishu" else ("errcode", "errmsg")
        told = dict(zip(names, (code, "ok" if code == 0 else "no"), strict=True))
        return (200 if code == 0 else self.status), told

    def _code(
        self, path: str, headers: dict[str, str], content: dict[str, Any], body: bytes
    ) -> int:
        self._moments = [each for each in self._moments if each > time.monotonic() - 60]
        if len(self._moments) >= self.per_minute:
            return {"wecom": 45009, "dingtalk": 130101, "feishu": 11232}.get(self.brand, 0)
        self._moments.append(time.monotonic())
        query = parse_qs(urlsplit(path).query)
        if self.brand == "wecom":
            too_long = len(content["markdown"]["content"].encode()) > self.largest
            return 93000 if query.get("key") != [KEY] else 40058 if too_long else 0
        if self.brand == "dingtalk":
            moment = query["timestamp"][0]
            signed = hmac.new(KEY.encode(), f"{moment}\n{KEY}".encode(), hashlib.sha256).digest()
            fresh = abs(time.time() * 1000 - int(moment)) < 3_600_000
            right = query["sign"][0] == base64.b64encode(signed).decode() and fresh
            return 0 if right and len(body) <= 20_000 else 310000
        if self.brand == "feishu":
            key = f"{content['timestamp']}\n{KEY}".encode()
            signed = hmac.new(key, b"", hashlib.sha256).digest()
            if content["sign"] != base64.b64encode(signed).decode():
                return 19021
            return 9499 if len(body) > 20 * 1024 else 0
        moment = headers["X-Perf-Timestamp"]
        signed = hmac.new(KEY.encode(), moment.encode() + b"." + body, hashlib.sha256).digest()
        return 0 if headers["X-Perf-Signature"] == f"sha256={signed.hex()}" else 1


@contextmanager
def http_server(robot: Robot) -> Iterator[str]:
    """Run a robot's server; give its address, as its makers hand it out."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, answer = robot.answer(self.path, dict(self.headers), body)
            content = json.dumps(answer).encode()
            self.send_response(status)
            if status in (301, 302):
                self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_args: Any) -> None:
            pass

        def date_time_string(self, timestamp: float | None = None) -> str:
            return super().date_time_string((timestamp or time.time()) + robot.clock_ahead)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/send?key={KEY}"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def refusing_postgresql() -> Iterator[int]:
    """Run what answers as a PostgreSQL server that finds any password wrong; give its port."""

    def serve(listening: socket.socket) -> None:
        while True:
            try:
                asking, _ = listening.accept()
            except OSError:  # closed: the test is over
                return
            with asking:
                _refuse(asking)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=serve, args=(listening,), daemon=True).start()
        yield int(listening.getsockname()[1])


def _refuse(asking: socket.socket) -> None:
    """Ask for a password in the clear, and refuse it, as the protocol (version 3) has it."""
    while True:
        length, code = struct.unpack("!II", asking.recv(8, socket.MSG_WAITALL))
        if code not in (80877103, 80877104):  # neither TLS nor GSS is asked for
            break
        asking.sendall(b"N")
    asking.recv(length - 8, socket.MSG_WAITALL)
    asking.sendall(b"R" + struct.pack("!II", 8, 3))
    asking.recv(4096)
    said = b'SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed for user "perf"\0\0'
    asking.sendall(b"E" + struct.pack("!I", len(said) + 4) + said)


class Relay:
    """A way to a server that can be stopped: then it takes what comes, and passes nothing on."""

    def __init__(self, to: str) -> None:
        """Lead to a Unix socket."""
        self._to, self.stopped = to, threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                theirs, _ = self._listening.accept()
                ours = socket.socket(socket.AF_UNIX)
                ours.connect(self._to)
                for pair in ((theirs, ours), (ours, theirs)):
                    threading.Thread(target=self._pass_on, args=pair, daemon=True).start()

    def _pass_on(self, source: socket.socket, to: socket.socket) -> None:
        with suppress(OSError):
            while said := source.recv(1 << 16):
                if not self.stopped.is_set():
                    to.sendall(said)
        to.close()

    def close(self) -> None:
        """Take no more connections."""
        self._listening.close()
