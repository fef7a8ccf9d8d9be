"""What stands before the server of reports (谁能看什么): settings, not decisions."""

from __future__ import annotations

from pydantic import Field

from perf_pipeline.domain.declared import Declared


class ServingRules(Declared):
    """What stands before the server: settings PERF_SERVE__…"""

    departments_header: str | None = Field(
        None, pattern=r"^[A-Za-z0-9-]+$", description="写明一次请求能看哪些部门的请求头"
    )
    person_header: str | None = Field(
        None, pattern=r"^[A-Za-z0-9-]+$", description="写明是谁的请求头；写了就可以在网页上答复事项"
    )
    proxies: tuple[str, ...] = Field(("127.0.0.1", "::1"), description="相信谁写的请求头")
    seconds: float = Field(60, gt=0, description="一次请求连同回答最多几秒")
    connections: int = Field(100, ge=1, description="同时最多几个连接")
    hosts: tuple[str, ...] = Field((), description="人们用哪些主机名访问；不写为任何")
