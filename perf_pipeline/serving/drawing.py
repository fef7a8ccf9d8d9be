"""Reports that are asked for and not there (按需写出): drawn and noted as by a run.

Only what was judged is drawn, for who may see it: a department's quarter, or its page of a year.
One is drawn at a time, beside those that answer; who asks for the same waits for the same drawing.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from os.path import isfile
from pathlib import Path

from anyio import to_thread
from sqlalchemy import Engine, select
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import PlainTextResponse, Response

from perf_pipeline.domain.errors import ConfigurationError, PerfPipelineError
from perf_pipeline.language.spoken import say
from perf_pipeline.reports.files import safe_name
from perf_pipeline.reports.kept import intact
from perf_pipeline.settings import Settings
from perf_pipeline.warehouse.code_digest import code_digest
from perf_pipeline.warehouse.complaints import complaint
from perf_pipeline.warehouse.engine import connect
from perf_pipeline.warehouse.revisions import is_compared
from perf_pipeline.warehouse.schema import checkpoint, department, snapshot
from perf_pipeline.warehouse.seals.record import ACTING

log = logging.getLogger(__name__)
PERIOD = re.compile(r"[0-9]{4}(-[0-9]{2})?")  # the folder of a year, or of a checkpoint
HELD = 30  # seconds in which what could not be drawn is not tried again, whoever asks
MOST = 20  # drawings under way and waiting: who asks for one more is told to come again
COME_AGAIN = {"Retry-After": "5", "Refresh": "5"}  # seconds; a browser does it by itself
NOT_JUDGED = "数据仓库里没有这个部门这一期的评价，所以没有报告：运行 run 评价之后才有"
AWAY = "这份报告还没有写出，数据仓库又没有应答，现在写不了。已写出的报告照样能看"
LATER = "这份报告正在写出，或者要等别的先写完：几秒之后会自动再试"
LOGGED = "原因已记入日志，请告诉管理员"
OTHER_VERSION = "数据仓库与本程序不是同一版本：请管理员运行 perf-pipeline upgrade"

Draw = Callable[[str, int], object]
Judged = Mapping[str, Mapping[str, int]]


class Drawing:
    """Draws what is missing below the reports; `draw` is given a year or checkpoint, and whose."""

    def __init__(self, folder: Path, engine: Engine, draw: Draw, seconds: float) -> None:
        """Draw into a folder what the warehouse holds; an asker waits for so many seconds."""
        self._root, self._engine, self._draw, self._seconds = folder, engine, draw, seconds
        self._one_at_a_time = asyncio.Lock()
        self._under_way: dict[tuple[str, str], asyncio.Task[str | None]] = {}
        self._failed: dict[tuple[str, str], tuple[float, str]] = {}  # until when that is told
        code_digest()  # notes name the code that this process began with, whatever comes later

    def judged(self, codes: Collection[str] | None) -> Judged:
        """Return what years and checkpoints departments were judged at, by code, with its number.

        Of the departments with some codes; None: of all.
        """
        at = snapshot.c.department_id, snapshot.c.checkpoint_id
        every = select(*at).where(snapshot.c.kind == "monitoring").distinct().subquery()
        query = (
            select(department.c.code, department.c.id, checkpoint.c.name, checkpoint.c.fiscal_year)
            .join(every, every.c.department_id == department.c.id)
            .join(checkpoint, checkpoint.c.id == every.c.checkpoint_id)
        )
        if codes is not None:
            query = query.where(department.c.code.in_(codes))
        judged: dict[str, dict[str, int]] = defaultdict(dict)
        with self._engine.connect() as connection:
            for row in connection.execute(query):
                judged[row.code] |= {row.name: row.id, f"{row.fiscal_year}": row.id}
        return judged

    async def refusal(self, parts: Sequence[str]) -> Response | None:
        """Draw what a path below the reports asks for, where it was judged and is not there.

        Returns in words why it cannot be; None where it is there now, and where nothing is drawn.
        """
        if len(parts) not in (2, 3) or not PERIOD.fullmatch(parts[1]):
            return None
        if safe_name(parts[0]) != parts[0] or await to_thread.run_sync(self._is_there, parts):
            return None
        code, period = parts[:2]
        try:
            judged = await to_thread.run_sync(self.judged, [code])
        except SQLAlchemyError:
            return PlainTextResponse(say(AWAY), 503)
        number = judged.get(code, {}).get(period)
        if number is None:
            return PlainTextResponse(say(NOT_JUDGED), 404)
        fault = await self._fault(code, period, number)
        again = COME_AGAIN if fault == LATER else None
        return PlainTextResponse(say(fault), 503, again) if fault else None

    async def _fault(self, code: str, period: str, number: int) -> str | None:
        """Have reports drawn, or wait for who draws them; return in words why they are not."""
        drawing = self._under_way.get((code, period))
        if drawing is None:
            until, fault = self._failed.get((code, period), (0.0, ""))
            if time.monotonic() < until:
                return fault
            if len(self._under_way) >= MOST:
                return LATER
            drawing = asyncio.create_task(self._in_turn(code, period, number))
            self._under_way[code, period] = drawing
            drawing.add_done_callback(lambda _: self._under_way.pop((code, period)))
        await asyncio.wait([drawing], timeout=self._seconds)  # which leaves the drawing going on
        return drawing.result() if drawing.done() else LATER

    async def _in_turn(self, code: str, period: str, number: int) -> str | None:
        async with self._one_at_a_time:  # who still waits when the server stops is not drawn for
            fault = await to_thread.run_sync(self._drawn, code, period, number)
        if fault and fault != LATER:
            self._failed[code, period] = time.monotonic() + HELD, fault
        return fault

    def _is_there(self, parts: Sequence[str]) -> bool:
        """Tell whether a file is there, or all files that are written together with it."""
        if len(parts) == 3 and isfile(self._root.joinpath(*parts)):
            return True
        kind = "quarter" if "-" in parts[1] else "site"
        return intact(self._root.joinpath(*parts[:2]), kind) is not None

    def _drawn(self, code: str, period: str, number: int) -> str | None:
        """Draw, and return in words why it failed: without places, which go to the log."""
        try:
            self._draw(period, number)
        except BlockingIOError:
            return LATER
        except Exception as error:  # who asks is told in words, whatever it is
            known = isinstance(error, (OSError, SQLAlchemyError, PerfPipelineError))
            log.error("%s %s 的报告写不出来：%s", code, period, error, exc_info=not known)
            if isinstance(error, OSError):
                error.filename = say("报告文件夹")
            return f"这份报告还没有写出，现在也写不出来：{complaint(error) or LOGGED}"
        return None


def draw(settings: Settings, period: str, number: int) -> None:
    """Draw a department's page of a year, or its reports of a checkpoint, as a run does.

    Raises BlockingIOError while another process writes reports of the same period, and
    ConfigurationError for a warehouse of another version: it is not brought up to date here.
    """
    from perf_pipeline.reports.site.write import write_site  # slow to load, and seldom needed
    from perf_pipeline.reports.write import write_quarter

    engine = connect(settings.warehouse_url.get_secret_value())
    engine.update_execution_options(**{ACTING: settings.acting()})
    try:
        with engine.connect() as connection:
            if not is_compared(connection):
                raise ConfigurationError(OTHER_VERSION)
        calendar, out, only = settings.calendar(), settings.output / "reports", {number}
        if period.isdecimal():
            year = calendar.checkpoints(int(period))
            write_site(engine, year, out, look_first=True, only=only)
        else:
            at, form = calendar.checkpoint(period), settings.forms.monitoring
            write_quarter(engine, at, out, look_first=True, form=form, only=only)
    finally:
        engine.dispose()
