"""However a ledger comes in, in whatever files and order, the warehouse says the same."""

import csv
import json
import random
from collections.abc import Mapping
from datetime import datetime
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select

from perf_pipeline.warehouse.history import now
from perf_pipeline.warehouse.known import known_as_of
from perf_pipeline.warehouse.loading import load_register
from perf_pipeline.warehouse.outcomes import FileOutcome
from perf_pipeline.warehouse.schema import (
    also_in_file,
    department,
    quarantined_row,
    register_tables,
    source_file,
)

CASES = register_tables["mediation_case"]
HEADER = ["案件编号", "镇（办）", "受理日期", "结案日期"]
Ledger = Mapping[str, str]  # case number → town
KEYS = st.sampled_from([f"T{n}" for n in range(6)])
LEDGERS = st.dictionaries(KEYS, st.sampled_from(["甲镇", "乙镇"]), min_size=1)
BUREAUS = count()
PROPERTY = settings(
    max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)


class Bureau:
    """A department of its own, which hands in files one at a time."""

    def __init__(self, engine: Engine, inbox: Path) -> None:
        self.engine, self.inbox = engine, inbox
        self.code = f"bureau-{next(BUREAUS)}"

    def hand_in(self, name: str, ledger: Ledger) -> FileOutcome:
        folder = self.inbox / "2024" / self.code / "registers"
        folder.mkdir(parents=True, exist_ok=True)
        for other in folder.iterdir():  # what was taken in does not depend on what still lies there
            other.unlink()
        with (folder / f"人民调解案件台账{name}.csv").open("w", encoding="utf-8") as stream:
            writer = csv.writer(stream)
            writer.writerow(HEADER)
            writer.writerows([key, town, "2024-03-05"] for key, town in ledger.items())
        (outcome,) = load_register(self.engine, self.inbox, "mediation_case")
        for path in folder.iterdir():
            path.unlink()
        return outcome

    def current(self) -> dict[str, str]:
        query = select(CASES.c.case_no, CASES.c.town).where(CASES.c.closed_by_id.is_(None))
        return self._said(query)

    def known(self, moment: datetime) -> dict[str, str]:
        return self._said(select(CASES.c.case_no, CASES.c.town).where(known_as_of(CASES, moment)))

    def _said(self, query: object, department_id: object = CASES.c.department_id) -> dict[str, str]:
        mine = select(department.c.id).where(department.c.code == self.code).scalar_subquery()
        with self.engine.connect() as connection:
            rows = connection.execute(query.where(department_id == mine)).all()  # type: ignore[attr-defined]
        assert len({row.case_no for row in rows}) == len(rows)
        return {row.case_no: row.town for row in rows}


@PROPERTY
@given(data=st.data())
def test_any_partition_in_any_order_with_repeats_gives_the_same_warehouse(
    engine: Engine, data: st.DataObject
) -> None:
    whole = data.draw(LEDGERS)
    parts = data.draw(st.lists(st.sets(st.sampled_from(sorted(whole)), min_size=1), max_size=4))
    parts += [{key} for key in whole if not any(key in part for part in parts)]
    files = {str(n): {key: whole[key] for key in sorted(part)} for n, part in enumerate(parts)}
    order = data.draw(
        st.permutations([*files, *data.draw(st.lists(st.sampled_from([*files]), max_size=3))])
    )
    with TemporaryDirectory() as inbox:
        bureau = Bureau(engine, Path(inbox))
        for name in order:
            bureau.hand_in(name, files[name])
        assert bureau.current() == whole


@PROPERTY
@given(handed_in=st.lists(st.tuples(st.sampled_from("甲乙丙"), LEDGERS), max_size=8))
def test_the_last_word_on_each_row_stands_and_what_was_known_when_is_kept(
    engine: Engine, handed_in: list[tuple[str, Ledger]]
) -> None:
    """A model of the whole intake: what each file says now, in the order of their last loading."""
    files: dict[str, Ledger] = {}
    known: list[tuple[datetime, dict[str, str]]] = []
    with TemporaryDirectory() as inbox:
        bureau = Bureau(engine, Path(inbox))
        for name, ledger in handed_in:
            outcome = bureau.hand_in(name, ledger)
            same = name in files and list(files[name].items()) == list(ledger.items())
            assert outcome.outcome == ("unchanged" if same else "loaded")
            if not same:
                files.pop(name, None)
                files[name] = ledger
            expected = {key: town for said in files.values() for key, town in said.items()}
            assert bureau.current() == expected
            known.append((now(), expected))
        for moment, expected in known:
            assert bureau.known(moment) == expected


def count_rows(engine: Engine, *tables: object) -> list[int]:
    with engine.connect() as connection:
        return [
            int(connection.execute(select(func.count()).select_from(table)).scalar_one())  # type: ignore[arg-type]
            for table in tables
        ]


def test_the_same_file_twice_adds_nothing_anywhere(engine: Engine, tmp_path: Path) -> None:
    bureau = Bureau(engine, tmp_path)
    bureau.hand_in("甲", {"T1": "甲镇"})
    bureau.hand_in("乙", {"T1": "甲镇"})
    before = count_rows(engine, CASES, source_file, also_in_file)
    assert bureau.hand_in("甲", {"T1": "甲镇"}).outcome == "unchanged"
    assert bureau.hand_in("乙", {"T1": "甲镇"}).outcome == "unchanged"
    assert count_rows(engine, CASES, source_file, also_in_file) == before == [1, 2, 1]


def test_a_row_that_one_file_drops_and_another_has_stays_and_stands_where_that_one_has_it(
    engine: Engine, tmp_path: Path
) -> None:
    bureau = Bureau(engine, tmp_path)
    bureau.hand_in("1-3月", {"T1": "甲镇", "T2": "甲镇"})
    bureau.hand_in("1-6月", {"T0": "甲镇", "T1": "甲镇", "T2": "甲镇"})
    bureau.hand_in("1-3月", {"T1": "甲镇"})
    assert bureau.current() == {"T0": "甲镇", "T1": "甲镇", "T2": "甲镇"}
    with engine.connect() as connection:
        row = connection.execute(
            select(CASES.c.row_number, source_file.c.path)
            .join(source_file, source_file.c.id == CASES.c.source_file_id)
            .where(CASES.c.case_no == "T2", CASES.c.closed_by_id.is_(None))
        ).one()
    assert row.path.endswith("1-6月.csv")
    assert row.row_number == 4
    bureau.hand_in("1-6月", {"T0": "甲镇"})
    assert bureau.current() == {"T0": "甲镇", "T1": "甲镇"}


@pytest.mark.parametrize("rows", [5_000])
def test_rows_are_told_apart_across_batches(engine: Engine, tmp_path: Path, rows: int) -> None:
    """The first row of a key keeps it, however many batches later another comes."""
    folder = tmp_path / "2024" / "bureau" / "registers"
    folder.mkdir(parents=True)
    keys = [f"T{n}" for n in range(rows)]
    random.Random(4).shuffle(keys)
    lines = [",".join(HEADER), *(f"{key},甲镇,2024-03-05" for key in keys)]
    lines += [f"{keys[0]},甲镇,2024-03-05", f"{keys[1]},乙镇,2024-03-05"]
    (folder / "人民调解案件台账.csv").write_text("\n".join(lines), "utf-8")
    (outcome,) = load_register(engine, tmp_path, "mediation_case")
    assert (outcome.rows_read, outcome.rows_loaded, outcome.rows_quarantined) == (
        rows + 2,
        rows,
        2,
    )
    with engine.connect() as connection:
        found = connection.execute(
            select(quarantined_row).order_by(quarantined_row.c.row_number)
        ).all()
    assert [row.reason for row in found] == [
        "重复行：与第2行重复，内容完全相同",
        "案件编号与第3行重复，而内容不同",
    ]
    labelled = dict(zip(HEADER[:3], (keys[1], "乙镇", "2024-03-05"), strict=True))
    assert json.loads(found[1].row_text) == labelled
