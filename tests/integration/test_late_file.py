"""One late file costs its department's own work, however many departments there are."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from docx import Document
from sqlalchemy import Engine, event, select
from sqlalchemy.exc import StatementError

from perf_pipeline.alerts.configuration import load_configuration
from perf_pipeline.alerts.raising import raise_alerts
from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.monitoring.causes import _revised
from perf_pipeline.monitoring.evidence import EVIDENCE
from perf_pipeline.monitoring.spending_facts import paid_by_source
from perf_pipeline.reports.site.load import load_years
from perf_pipeline.reports.site.write import write_site
from perf_pipeline.reports.write import write_quarter
from perf_pipeline.warehouse.among import within
from perf_pipeline.warehouse.engine import open_warehouse, write_transaction
from perf_pipeline.warehouse.history import now
from perf_pipeline.warehouse.known import current
from perf_pipeline.warehouse.schema import alert, metadata, register_tables, snapshot
from perf_pipeline.warehouse.seals.deed import Deed, What
from perf_pipeline.warehouse.seals.erasing import erase_before
from tests.benchmarks.bench_city import QUARTERS, judge
from tests.benchmarks.made_city import hand_in_late, make_city
from tests.year import CALENDAR, load_everything

LAST = QUARTERS[-1]
RESULTS = [table for table in metadata.sorted_tables if "snapshot_id" in table.c]


def _live(engine: Engine, folder: Path) -> None:
    """Do all that a run does for the last checkpoint, but for what Dagster adds."""
    inbox, out = folder / "inbox", folder / "out"
    load_everything(engine, inbox)
    judge(engine, [LAST])
    raise_alerts(engine, LAST, load_configuration(inbox))
    write_quarter(engine, LAST, out, look_first=True)
    write_site(engine, [LAST], out, look_first=True)


def _city(folder: Path, departments: int) -> Engine:
    make_city(folder / "inbox", departments, payments=20, cases=10, indicators=3)
    engine = open_warehouse(f"sqlite:///{folder / 'warehouse.db'}")
    _live(engine, folder)
    return engine


@contextmanager
def _counted(engine: Engine) -> Iterator[list[str]]:
    said: list[str] = []

    def note(*told: object) -> None:
        said.append(str(told[2]))

    event.listen(engine, "before_cursor_execute", note)
    yield said
    event.remove(engine, "before_cursor_execute", note)


def test_a_late_file_costs_the_same_in_a_larger_city_where_others_were_late(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("perf_pipeline.warehouse.standing.CALM", 0)
    costs = []
    for departments, late in ((2, (1,)), (6, (0, 1))):
        folder = tmp_path / str(departments)
        engine = _city(folder, departments)
        _live(engine, folder)  # looks at the alerts that the first look wrote
        for nth in late:
            hand_in_late(folder / "inbox", nth)
            with _counted(engine) as said:
                _live(engine, folder)
            _live(engine, folder)  # finds that its folder stands again
        costs.append(len(said))
        engine.dispose()
    alone, among_others = costs
    assert alone == among_others


def test_what_is_judged_in_ranges_is_judged_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = []
    for size in (300, 2):
        monkeypatch.setattr("perf_pipeline.warehouse.changed.AT_ONCE", size)
        monkeypatch.setattr("perf_pipeline.alerts.raising.AT_ONCE", size)
        engine = _city(tmp_path / str(size), 5)
        told.append(_told(engine))
        engine.dispose()
    whole, in_ranges = told
    assert whole == in_ranges
    assert len(whole) > 100


def _told(engine: Engine) -> list[str]:
    """Return every row of judgements and alerts, each beside whose it is."""
    rows = []
    with engine.connect() as connection:
        for table in (*RESULTS, alert):
            own = [c for c in table.c if c.name not in ("id", "created_at", "snapshot_id")]
            words = [c for c in own if c.name not in ("evidence", "item_id")]
            query = select(snapshot.c.department_id, snapshot.c.kind, snapshot.c.version, *words)
            joined = query.outerjoin_from(table, snapshot, snapshot.c.id == table.c.snapshot_id)
            rows += [f"{table.name} {tuple(row)}" for row in connection.execute(joined)]
    return sorted(rows)


def test_a_select_of_some_departments_is_refused_where_nobody_named_them(engine: Engine) -> None:
    some = LAST.of_departments(frozenset({1}))
    with engine.connect() as connection:
        assert not connection.execute(paid_by_source(some.of_some), some.whose).all()
        with pytest.raises(StatementError, match="whose"):
            connection.execute(paid_by_source(some.of_some))


@pytest.mark.on_sqlite
def test_the_rows_of_one_department_are_found_by_an_index(engine: Engine) -> None:
    payment, one = register_tables["payment"], frozenset({1})
    then = LAST.as_known(now()).of_departments(one)
    asked: list[tuple[str, tuple[object, ...]]] = []
    event.listen(engine, "before_cursor_execute", lambda *told: asked.append(told[2:4]))
    with engine.connect() as connection:
        connection.execute(select(payment).where(current(payment, then)))
        connection.execute(select(alert).where(within(alert.c.department_id, one)))
        for evidence in EVIDENCE:
            _revised(connection, evidence, then, LAST, [1])
        found = [
            row.detail
            for statement, values in tuple(asked)
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        ]
    for table in ("source_file", "payment", "alert", *(each.name for each in EVIDENCE)):
        assert [each for each in found if each.startswith(f"SEARCH {table} ")]
        assert not [each for each in found if re.match(f"SCAN {table}( |$)", each)]


def test_what_was_written_from_another_state_of_the_warehouse_is_written_anew(
    tmp_path: Path,
) -> None:
    engine, out = _city(tmp_path, 2), tmp_path / "out"
    [page] = (out / "d00001" / LAST.name).glob("*.html")
    before, index = page.read_bytes(), next(out.glob("*.html"))
    listed = index.read_bytes()
    engine.dispose()
    shutil.copy(tmp_path / "warehouse.db", tmp_path / "kept.db")

    late = open_warehouse(f"sqlite:///{tmp_path / 'warehouse.db'}")
    hand_in_late(tmp_path / "inbox", 1)
    _live(late, tmp_path)
    late.dispose()
    assert page.read_bytes() != before

    restored = open_warehouse(f"sqlite:///{tmp_path / 'kept.db'}")
    assert any(each.written for each in write_quarter(restored, LAST, out, look_first=True))
    site = write_site(restored, [LAST], out, look_first=True)
    assert page.read_bytes() == before
    assert site is not None
    assert index.read_bytes() == listed
    assert not any(each.written for each in write_quarter(restored, LAST, out, look_first=True))
    restored.dispose()


def _pages(out: Path) -> dict[str, bytes]:
    return {str(path.relative_to(out)): path.read_bytes() for path in out.rglob("*.html")}


def _fresh(engine: Engine, out: Path) -> dict[str, bytes]:
    """Return the pages as they are where nothing was written before."""
    write_quarter(engine, LAST, out)
    write_site(engine, [LAST], out)
    return _pages(out)


def test_a_folder_put_back_and_an_erasure_are_reasons_to_write_anew(tmp_path: Path) -> None:
    engine, out, mine = _city(tmp_path, 1), tmp_path / "out", tmp_path / "out/d00000"
    shutil.copytree(mine, tmp_path / "kept")
    before = _pages(out)
    late = hand_in_late(tmp_path / "inbox", 0)
    late.write_text(re.sub("某公司[0-9]+", "欧阳测试", late.read_text("utf-8")), "utf-8")
    _live(engine, tmp_path)
    named = _pages(out)
    shutil.rmtree(mine)
    shutil.copytree(tmp_path / "kept", mine)  # from a backup
    _live(engine, tmp_path)
    assert _pages(out) == named != before
    with write_transaction(engine, Deed(What.ERASED, "2025年度以前", "张三")) as connection:
        erase_before(connection, 2025)
    _live(engine, tmp_path)
    assert _pages(out) == _fresh(engine, tmp_path / "fresh") != named
    engine.dispose()


def test_the_list_of_a_year_tells_the_record_of_who_is_not_in_it(tmp_path: Path) -> None:
    inbox, out = tmp_path / "inbox", tmp_path / "out"
    make_city(inbox, 2, payments=20, cases=5, indicators=1, years=2)
    shutil.rmtree(inbox / "2025" / "d00001")
    engine = open_warehouse(f"sqlite:///{tmp_path / 'warehouse.db'}")
    spring = CALENDAR.checkpoints(2025)[:1]
    load_everything(engine, inbox)
    judge(engine, [QUARTERS[-2], LAST, *spring])
    write_site(engine, spring, out, look_first=True)
    before = _pages(out)
    ledger = inbox / "2024" / "d00001" / "registers" / "支付台账.csv"
    head, *rows = ledger.read_text("utf-8").splitlines()
    ledger.write_text("\n".join((head, *rows[: len(rows) // 3])), "utf-8")
    load_everything(engine, inbox)
    judge(engine, [QUARTERS[-2], LAST, *spring])
    write_site(engine, spring, out, look_first=True)
    write_site(engine, spring, tmp_path / "fresh")
    assert _pages(out) == _pages(tmp_path / "fresh") != before
    engine.dispose()


def test_a_lost_page_and_a_lost_list_are_drawn_again(tmp_path: Path) -> None:
    engine, out = _city(tmp_path, 1), tmp_path / "out"
    index = next(out.glob("*.html"))
    index.write_text("changed by hand", "utf-8")
    site = write_site(engine, [LAST], out, look_first=True)
    assert site is not None
    assert site.written == (index,)
    [page] = (out / "d00000" / LAST.name).glob("*.html")
    page.unlink()
    [again] = write_quarter(engine, LAST, out, look_first=True)
    assert again.written == (page,)
    assert page.is_file()
    engine.dispose()


BEFORE = QUARTERS[1]  # of the year's checkpoints the second, with one before and two after


def _year(engine: Engine, folder: Path, out: str = "out") -> list[str]:
    """Do all that a run does for the whole year; return of which checkpoints files were written."""
    inbox, where = folder / "inbox", folder / out
    load_everything(engine, inbox)
    judge(engine)
    for each in QUARTERS:
        raise_alerts(engine, each, load_configuration(inbox), newest=each == LAST)
    written = [write_quarter(engine, each, where, look_first=True) for each in QUARTERS]
    write_site(engine, QUARTERS, where, look_first=True)
    return [each.quarter for some in written for each in some if each.written]


def _judged_year(folder: Path) -> Engine:
    make_city(folder / "inbox", 1, payments=20, cases=10, indicators=3)
    engine = open_warehouse(f"sqlite:///{folder / 'warehouse.db'}")
    _year(engine, folder)
    return engine


def _late(folder: Path, day: str, name: str = "支付台账-补报.csv", **changed: str) -> Path:
    """Hand in a late ledger whose rows are of a day; `changed` are texts in it, by what stood."""
    late = hand_in_late(folder / "inbox", 0)
    told = late.read_text("utf-8").replace("2024-12-30", day)
    for old, new in changed.items():
        told = told.replace(old, new)
    late.unlink()
    late = late.with_name(name)
    late.write_text(told, "utf-8")
    return late


def _told_by(folder: Path, checkpoint: Checkpoint) -> str:
    [page] = (folder / "out/d00000" / checkpoint.name).glob("*.html")
    return page.read_text("utf-8")


def test_a_late_file_has_the_reports_of_its_day_and_later_drawn_again(tmp_path: Path) -> None:
    engine = _judged_year(tmp_path)
    every = [each.name for each in QUARTERS]
    days = ("2024-11-20", "2024-07-01", "2024-06-30", "2024-02-11")
    for nth, day in enumerate(days):
        late = _late(tmp_path, day, f"支付台账-补{nth}.csv", **{"补-": f"补{nth}-"})
        assert _year(engine, tmp_path) == every[3 - nth :]
        assert [at.name for at in QUARTERS if late.name in _told_by(tmp_path, at)] == every[
            3 - nth :
        ]
    assert not _year(engine, tmp_path)
    _year(engine, tmp_path, "fresh")
    fresh = {path.relative_to(tmp_path / "fresh") for path in (tmp_path / "fresh").rglob("2*.*")}
    assert len(fresh) > len(QUARTERS)
    for path in fresh:
        assert (tmp_path / "out" / path).read_bytes() == (tmp_path / "fresh" / path).read_bytes()
    engine.dispose()


def test_a_file_of_which_something_is_to_be_told_is_told_by_every_report(tmp_path: Path) -> None:
    engine = _judged_year(tmp_path)
    every = [each.name for each in QUARTERS]
    aside = _late(tmp_path, "2024-11-20", "支付台账-11月.csv", **{"1003.00": "一千"})
    assert _year(engine, tmp_path) == every
    refused = aside.with_name("支付台账-12月.csv")
    refused.write_text("甲,乙\n1,2\n", "utf-8")
    assert _year(engine, tmp_path) == every
    empty = aside.with_name("支付台账-10月.csv")
    empty.write_text(aside.read_text("utf-8").splitlines()[0] + "\n", "utf-8")
    _year(engine, tmp_path)
    for each in QUARTERS:
        page = _told_by(tmp_path, each)
        assert all(path.name in page for path in (aside, refused, empty))
    engine.dispose()


def test_a_file_of_later_days_stands_on_the_years_page_and_its_register_came(
    tmp_path: Path,
) -> None:
    make_city(tmp_path / "inbox", 1, payments=20, cases=10, indicators=3)
    cases = tmp_path / "inbox/2024/d00000/registers/信访事项台账.csv"
    head, *rows = cases.read_text("utf-8").splitlines()
    late = [row for row in rows if row.split(",")[1] > "2024-07"]
    assert late
    told = (f"{head},已接待", *(f"{row},是" for row in late))  # whole: nothing is told of it
    cases.write_text("\n".join(told), "utf-8")
    engine = open_warehouse(f"sqlite:///{tmp_path / 'warehouse.db'}")
    load_everything(engine, tmp_path / "inbox")
    judge(engine, [BEFORE])
    [report] = write_quarter(engine, BEFORE, tmp_path / "out")
    site = write_site(engine, [BEFORE], tmp_path / "out")
    assert cases.name not in report.page.read_text("utf-8")
    words = " ".join(each.text for each in Document(str(report.document)).paragraphs)
    assert "没有超期未办的案件" in words
    assert "没有收到信访事项台账" not in words
    assert site is not None
    assert cases.name in site.pages[0].read_text("utf-8")
    engine.dispose()


def test_a_page_tells_of_items_at_its_own_checkpoints_whoever_is_read_with_it(
    tmp_path: Path,
) -> None:
    inbox = tmp_path / "inbox"
    make_city(inbox, 2, payments=20, cases=10, indicators=3)
    came_later = shutil.move(inbox / "2024/d00001", tmp_path / "later")
    engine = open_warehouse(f"sqlite:///{tmp_path / 'warehouse.db'}")
    for each in QUARTERS[:2]:
        load_everything(engine, inbox)
        judge(engine, [each])
        raise_alerts(engine, each, load_configuration(inbox))
        if came_later.exists():
            shutil.move(came_later, inbox / "2024/d00001")
    boards = [year.board for year in load_years(engine, QUARTERS)]
    assert all(each.lines for each in boards)
    labels = [each.label for each in QUARTERS[:2]]
    assert [[at.label for at in each.checkpoints] for each in boards] == [labels, labels[1:]]
    engine.dispose()
