"""Answering an item at the command line: the same row that a workbook of 整改台账 would bring.

What is said is merged over the answer that stands, checked as a row of the register, and laid into
the inbox as a small file of it: from there it goes the one way that all answers go.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, fields
from datetime import date, datetime
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine

from perf_pipeline.domain.clock import LOCAL
from perf_pipeline.domain.errors import AnswerError
from perf_pipeline.items.answers import LEDGER
from perf_pipeline.items.facts import Answer
from perf_pipeline.items.kind import ItemKind
from perf_pipeline.items.promises import value_promised
from perf_pipeline.items.standings import Item
from perf_pipeline.monitoring.results import IndicatorOf
from perf_pipeline.registers.batches import RegisterBatches
from perf_pipeline.registers.declaration import register
from perf_pipeline.warehouse.engine import write_transaction
from perf_pipeline.warehouse.inbox import REGISTERS
from perf_pipeline.warehouse.loading import load_register
from perf_pipeline.warehouse.seals.deed import Deed, What, named


@dataclass(frozen=True)
class Said:
    """What a person says of an item; None leaves what was said before."""

    choice: str | None = None
    category: str | None = None
    words: str | None = None
    measures: str | None = None
    person: str | None = None
    document: str | None = None
    promise_value: str | None = None
    promise_by: date | None = None
    evidence: str | None = None


def answer(
    engine: Engine,
    inbox: Path,
    item: Item,
    said: Said,
    moment: datetime,
    *,
    by: str | None = None,
) -> Path:
    """Hand in an answer to an item; return the file that now holds it.

    `by` is who enters it, the system's user where nobody is named. Raises AnswerError, in words,
    where something of the answer is missing or says nothing.
    """
    deed = Deed(What.ANSWERED, f"事项 {item.id}", named(by))
    row = _row(item, said)
    content = _content(row)
    local = moment.astimezone(LOCAL)
    if said.promise_by is not None and said.promise_by < local.date():
        raise AnswerError(f"承诺日期 {said.promise_by} 已经过去，请写今天以后的日期")
    check_promise(item, row.get("promise_value"), said.promise_by or _promised_by(item.answer))
    stamp = local.strftime("%Y%m%d-%H%M%S")
    label = register(LEDGER).label
    name = f"{label}-事项{item.id}-{stamp}.csv"
    _refuse_faults(name, content, item.fiscal_year)
    folder = inbox / str(item.fiscal_year) / item.department_code / REGISTERS
    folder.mkdir(parents=True, exist_ok=True)
    path = _lay_down(folder / name, content)
    load_register(engine, inbox, LEDGER, (item.fiscal_year, item.department_code))
    with write_transaction(engine, deed):
        return path


def _lay_down(path: Path, content: str) -> Path:
    """Write a file that is not there yet; of the same second, the next one has a number."""
    for n in count(2):
        try:
            with path.open("x", encoding="utf-8", newline="") as file:
                file.write(content)
        except FileExistsError:
            path = path.with_stem(f"{path.stem.rsplit('_', 1)[0]}_{n}")
        else:
            break
    return path


def check_promise(item: Item, value: str | None, by: date | None) -> None:
    """Refuse a promise that no register could be held against, and say how to write it."""
    if value is None:
        return
    if by is not None and by.year != item.fiscal_year:
        raise AnswerError(f"承诺日期 {by} 不在{item.fiscal_year}年度内")
    row = item.now.row if item.now else None
    if row is None:
        raise AnswerError("这个事项没有可由台账核对的数字，请只写整改措施，不写承诺值")
    unit = row.unit if isinstance(row, IndicatorOf) else "元"
    if by is None:
        return
    if value_promised(value, ItemKind(item.kind), unit, by) is None:
        raise AnswerError(
            f"看不懂承诺值“{value}”：请写到 {by} 累计达到多少，数字带单位（{unit or '个'}），"
            "不写“再”“约”“力争”"
        )


def _promised_by(standing: Answer | None) -> date | None:
    return standing.promise.by if standing and standing.promise else None


def _row(item: Item, said: Said) -> dict[str, str]:
    """Return the register's row: what is said, over what was said before."""
    before = item.answer
    row: dict[str, str] = {
        "item_no": str(item.id),
        "place": item.place,
        "subject": item.subject,
        "problem": item.problem,
    }
    if before is not None:
        row |= {
            name: str(value)
            for name in ("choice", "category", "words", "person", "measures", "document")
            if (value := getattr(before, name)) is not None
        }
        if before.promise is not None and not before.promise.quoted:  # a sentence is read again
            row |= {
                "promise_value": before.promise.words,
                "promise_by": str(before.promise.by),
            }
    row |= {
        each.name: str(value)
        for each in fields(said)
        if (value := getattr(said, each.name)) is not None
    }
    return row


def _content(row: dict[str, str]) -> str:
    columns = register(LEDGER).columns
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow([column.label for column in columns])
    writer.writerow([row.get(column.name, "") for column in columns])
    return written.getvalue()


def _refuse_faults(name: str, content: str, fiscal_year: int) -> None:
    """Read the file as the inbox would; raise what would put its row in quarantine."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_text(content, "utf-8")
        read = list(RegisterBatches(path, register(LEDGER), fiscal_year))
    for fault in (row for batch in read for row in batch.quarantined):
        raise AnswerError(f"答复没有收下：“{fault.column_label}”{fault.reason}")
    if not any(batch.keys for batch in read):
        raise AnswerError("答复没有收下：要写处置选择、原因类别、原因说明和责任人")
