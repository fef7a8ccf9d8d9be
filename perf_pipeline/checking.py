"""What a run would say of an inbox, without writing anything: `perf-pipeline check`.

The inbox is taken in as a run takes it in, into a warehouse that is thrown away afterwards. The
warehouse of the settings is only read, where there is one: for what left the inbox since.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine

from perf_pipeline.doctor import HealthCheck, examine_settings, unusable_measures
from perf_pipeline.domain.errors import ConfigurationError, PerfPipelineError
from perf_pipeline.file_states import read_files
from perf_pipeline.quality.open_points import Open, OpenPoint, open_points
from perf_pipeline.registers.column_questions import (
    ColumnQuestion,
    column_questions,
    questions_workbook,
)
from perf_pipeline.registers.declaration import load_registers
from perf_pipeline.registers.matching import register_for_file
from perf_pipeline.settings import Settings
from perf_pipeline.warehouse.departures import Departed, look_for_departures
from perf_pipeline.warehouse.engine import connect_read_only, open_warehouse
from perf_pipeline.warehouse.inbox import REGISTERS, inbox_files
from perf_pipeline.warehouse.known_before import known_of
from perf_pipeline.warehouse.loading import load_inbox
from perf_pipeline.warehouse.outcomes import Left
from perf_pipeline.warehouse.seals.deed import Acting, this_run

QUESTIONS = "列对照表（待填）"
Asked = Mapping[tuple[int, str], Sequence[ColumnQuestion]]  # by year and department
HARMLESS = frozenset({Open.IGNORED, Open.NOTICE})


@dataclass(frozen=True)
class Checked:
    """What was found: the settings files, each file of the inbox, all that is open."""

    inbox: Path
    settings: tuple[HealthCheck, ...]
    files: tuple[dict[str, object], ...]
    points: tuple[OpenPoint, ...]
    left: tuple[Departed, ...]
    questions: Asked

    @property
    def ready(self) -> bool:
        """Tell whether a run would find nothing to ask: settings in order, no open point."""
        usable = all(each.passed for each in self.settings)
        nothing_open = not self.left and all(each.kind in HARMLESS for each in self.points)
        return usable and bool(self.files) and nothing_open

    def to_dict(self) -> dict[str, object]:
        """Return what was found as plain values for JSON."""
        return {
            "inbox": str(self.inbox),
            "ready": self.ready,
            "settings": [
                {"name": each.name, "usable": each.passed, "finding": each.finding}
                for each in self.settings
            ],
            "files": list(self.files),
            "open_points": [{**asdict(each), "label": each.label} for each in self.points],
            "column_questions": [
                {"fiscal_year": year, "department": code, **asdict(each)}
                for (year, code), asked in self.questions.items()
                for each in asked
            ],
            "left_inbox": [{**asdict(each), "told": str(each)} for each in self.left],
        }


def check_inbox(settings: Settings, *, compare: bool = True) -> Checked:
    """Read all of the settings' inbox as a run does, and say what it would say.

    `compare` asks for what left it since the warehouse of the settings took it in. Raises
    ConfigurationError where there is no inbox.
    """
    inbox = settings.inbox
    if not inbox.is_dir():
        raise ConfigurationError(
            f"收件文件夹 {inbox} 不存在；用 perf-pipeline init {inbox} 建一个，"
            "或用 PERF_INBOX 指向已有的"
        )
    registered: dict[str, str] = {}
    with suppress(PerfPipelineError):  # told among the settings; files can be read without
        registered = settings.registered_names()
    with _thrown_away() as engine, _quiet():
        load_inbox(engine, inbox, registered)
        files = tuple(read_files(engine, inbox))
        with engine.connect() as connection:
            points = open_points(connection)
        questions = questions_of(engine, inbox, files)
    left = tuple(_left(settings)) if compare else ()
    found = (*examine_settings(settings), *unusable_measures())
    return Checked(inbox, found, files, points, left, questions)


def questions_of(engine: Engine, inbox: Path, files: Iterable[Mapping[str, object]]) -> Asked:
    """Return what the headers of refused files ask, a heading of a register once a department.

    `files` have path and outcome.
    """
    refused = {each["path"] for each in files if each["outcome"] == "refused"}
    found: dict[tuple[int, str], dict[tuple[str, str], ColumnQuestion]] = {}
    for file in inbox_files(inbox, REGISTERS) if refused else ():
        declared = register_for_file(file.path)
        if file.relative not in refused or declared is None or file.fault:
            continue
        mine = found.setdefault((file.fiscal_year, file.department), {})
        with suppress(PerfPipelineError):  # one that cannot be opened asks nothing
            for each in column_questions(
                file.path, declared, known_of(engine, [file], declared)[file.of]
            ):
                mine.setdefault((each.register_label, each.heading), each)
    return {key: list(asked.values()) for key, asked in found.items() if asked}


def write_questions(questions: Asked, folder: Path) -> list[Path]:
    """Write each department's column questions below `folder`, laid out as the inbox is.

    A workbook that is there is taken for one that somebody fills in, and is left as it is; what it
    does not ask goes into another one.
    """
    labels = {each.label: [c.label for c in each.columns] for each in load_registers()}
    written = []
    for (year, code), asked in questions.items():
        path = _workbook(folder, year, code, asked)
        if path.exists():
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        mine = {each.register_label for each in asked}
        questions_workbook(
            asked, code, year, {label: labels[label] for label in sorted(mine)}
        ).save(path)
        written.append(path)
    return written


def workbooks_of(questions: Asked, folder: Path) -> list[Path]:
    """Return each department's workbook, once it is written below `folder`."""
    return [_workbook(folder, *key, asked) for key, asked in questions.items()]


def _workbook(folder: Path, year: int, code: str, asked: Sequence[ColumnQuestion]) -> Path:
    """Return the first workbook that asks all of it, else the first name that is free."""
    paths = (
        folder / str(year) / code / REGISTERS / f"{QUESTIONS}{n if n > 1 else ''}.xlsx"
        for n in count(1)
    )
    return next(path for path in paths if not path.exists() or _asks(path, asked))


def _asks(path: Path, asked: Sequence[ColumnQuestion]) -> bool:
    from openpyxl import load_workbook  # takes long to load, and most looks ask nothing

    try:
        rows = [row for sheet in load_workbook(path).worksheets for row in sheet.values]
    except Exception:  # whatever somebody made of it
        return False
    cells = {cell for row in rows for cell in row}
    return all(each.heading in cells for each in asked)


@contextmanager
def _thrown_away() -> Iterator[Engine]:
    with TemporaryDirectory(prefix="perf-pipeline-check-") as folder:
        acting = Acting("perf-pipeline check", this_run())  # nobody has to stand behind it
        engine = open_warehouse(f"sqlite:///{Path(folder) / 'warehouse.db'}", acting)
        try:
            yield engine
        finally:
            engine.dispose()


@contextmanager
def _quiet() -> Iterator[None]:
    """Hold back the log's warnings of refused files: they are in the list that is given."""
    told = logging.getLogger("perf_pipeline")
    before = told.level
    told.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        told.setLevel(before)


def _left(settings: Settings) -> tuple[Departed, ...]:
    """Look what left the inbox since the warehouse of the settings took it in; it is only read."""
    engine = connect_read_only(settings.warehouse_url.get_secret_value())
    try:
        found = look_for_departures(engine, settings.inbox)
    except Exception:
        logging.getLogger(__name__).debug("no warehouse to compare with", exc_info=True)
        return ()
    finally:
        engine.dispose()
    return tuple(each for each in found if each.state is not Left.BACK)
