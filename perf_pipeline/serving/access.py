"""Who may see what (谁能看什么): decided from where the server listens and what its proxy says.

The server knows no users. On this machine alone, whoever is on it sees everything. Behind a proxy
that logs people in, the proxy may say in a header which departments a person may see.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import unquote

from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection

from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.domain.serving import ServingRules

EVERYTHING = "*"
LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Seen:
    """What one request may see: some departments, by code, or all of them (None)."""

    departments: frozenset[str] | None

    @property
    def everything(self) -> bool:
        """Tell whether all departments may be seen."""
        return self.departments is None

    def covers(self, parts: Sequence[str]) -> bool:
        """Tell whether a path below the reports may be seen: department, quarter, file.

        A file that lies beside the departments' folders is about all of them.
        """
        if self.departments is None or not parts:
            return True
        return parts[0] in self.departments


class NotThroughProxyError(HTTPException):
    """A request that no trusted proxy vouches for: it is refused with 403."""

    def __init__(self) -> None:
        super().__init__(403)


@dataclass(frozen=True)
class Access:
    """How this server is reached, and by which rules it shows what."""

    host: str
    behind_proxy: bool
    rules: ServingRules

    def __post_init__(self) -> None:
        """Raise ConfigurationError for listening beyond this machine without being told to."""
        if not self.behind_proxy and not is_local(self.host):
            raise ConfigurationError(
                f"监听 {self.host} 会让别的机器不经登录看到全部报告。请改用 127.0.0.1；"
                "若前面有负责登录的反向代理，请加 --behind-proxy"
            )

    @property
    def takes_answers(self) -> bool:
        """Tell whether items are answered here: a proxy says who asks, for which departments."""
        rules = self.rules
        named = rules.person_header is not None and rules.departments_header is not None
        return self.behind_proxy and named

    @property
    def allowed_hosts(self) -> list[str]:
        """The names by which the server may be called; others would be another site's trick."""
        if self.behind_proxy:
            return list(self.rules.hosts) or ["*"]
        return [*LOCAL_HOSTS, self.host]

    @property
    def statement(self) -> str:
        """Say who may see what."""
        if self.rules.departments_header is not None:
            return (
                f"本服务自己没有登录。每个请求能看到哪些部门，由反向代理（{'、'.join(self.rules.proxies)}）"
                f"在请求头 {self.rules.departments_header} 里写明；没有写明的什么也看不到。"
                + ("能看到的部门，也能答复它的整改事项（/items/）。" if self.takes_answers else "")
            )
        if self.behind_proxy:
            return (
                "本服务自己没有登录，也不分部门：凡是能通过反向代理、或能直接连到本端口的人，"
                "都能看到全部部门的报告。登录和限制由反向代理负责。"
            )
        return "本服务没有登录，只在本机监听：能在这台机器上操作的人，都能看到全部部门的报告。"

    def seen_by(self, request: HTTPConnection) -> Seen:
        """Return what a request may see; raise NotThroughProxyError where nobody vouches for it.

        Where a header is set, it must come from a trusted proxy and stand there once: a second one
        could be what the person put there.
        """
        name = self.rules.departments_header
        if name is None:
            return Seen(None)
        said = self._vouched(name, request)
        codes = frozenset(filter(None, map(_code, said.split(","))))
        return Seen(None if EVERYTHING in codes else codes)

    def person(self, request: HTTPConnection) -> str:
        """Return who asks; raise NotThroughProxyError where no trusted proxy says it."""
        name = self.rules.person_header
        person = "" if name is None else _code(self._vouched(name, request))
        if not person:
            raise NotThroughProxyError
        return person

    def _vouched(self, name: str, request: HTTPConnection) -> str:
        given, client = request.headers.getlist(name), request.client and request.client.host
        if client not in self.rules.proxies or len(given) != 1:
            raise NotThroughProxyError
        return given[0]


def is_local(host: str) -> bool:
    """Tell whether a listening address is this machine alone."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _code(spelled: str) -> str:
    """Read a department's code as headers come, in Latin-1: UTF-8, or its per cent escapes."""
    return unquote(spelled.encode("latin-1").decode("utf-8", "replace")).strip()
