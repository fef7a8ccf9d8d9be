"""What stands before the server of reports (谁能看什么): settings, not decisions."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class ServingRules(BaseModel):
    """What stands before the server: settings PERF_SERVE__…"""

    model_config = ConfigDict(frozen=True, extra="forbid")

    departments_header: str | None = Field(None, pattern=r"^[A-Za-z0-9-]+$")
    # who asks, as the proxy says: with it, items are answered here
    person_header: str | None = Field(None, pattern=r"^[A-Za-z0-9-]+$")
    proxies: tuple[str, ...] = ("127.0.0.1", "::1")  # whose header is believed
    seconds: float = Field(60, gt=0)  # for a request and its answer, however slow the client
    connections: int = Field(100, ge=1)  # at once
    hosts: tuple[str, ...] = ()  # names under which people reach the proxy; none given: any
