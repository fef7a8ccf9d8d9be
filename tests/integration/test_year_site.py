"""The site of a year written from a warehouse, on both databases; tests/browser drives it."""

from __future__ import annotations

import base64
import gzip
import json
import re
import weakref
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import html
from sqlalchemy import Connection, Engine, delete, func, select, union_all
from sqlalchemy.dialects import sqlite

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.status import Status
from perf_pipeline.measures.case_flow import case_flow
from perf_pipeline.measures.catalogue import REPORTED, known_codes, measure
from perf_pipeline.measures.declared_rows import judged_rows
from perf_pipeline.monitoring.source_rows import Figure, Sources, find_sources
from perf_pipeline.monitoring.tracing import trace_figure
from perf_pipeline.reports.page import render_page
from perf_pipeline.reports.query import load_reports
from perf_pipeline.reports.site import load
from perf_pipeline.reports.site.write import write_site
from perf_pipeline.warehouse.engine import write_transaction
from perf_pipeline.warehouse.schema import indicator_result, source_file
from perf_pipeline.warehouse.typed import Query
from tests.integration.reports_fixture import fill
from tests.integration.reports_year import CALENDAR, CODE

YEAR = CALENDAR.checkpoints(2024)
COUNTED = sorted(known_codes() - {REPORTED})


def told(page: Path) -> dict:  # type: ignore[type-arg]
    """The figures of a page and the rows behind them, as its script unpacks them."""
    found = re.search(r'<script type="text/plain" id="packed">(.*?)</script>', page.read_text())
    assert found
    unpacked: dict = json.loads(gzip.decompress(base64.b64decode(found[1])))  # type: ignore[type-arg]
    of = {figure: unpacked["lists"][nth] for figure, nth in unpacked["of"].items()}
    return {**unpacked, "of": of}


def test_a_year_without_a_judgement_has_no_site(engine: Engine, tmp_path: Path) -> None:
    fill(engine)
    assert write_site(engine, CALENDAR.checkpoints(2025), tmp_path / "out") is None
    assert not (tmp_path / "out").exists()


def test_departments_read_one_by_one_give_the_same_pages(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for code in ("c", "a", "b"):
        fill(engine, code=code, extra=code)
    together = write_site(engine, YEAR, tmp_path / "together")
    monkeypatch.setattr(load, "ROWS_AT_ONCE", 1)
    apart = write_site(engine, YEAR, tmp_path / "apart")
    assert together is not None
    assert apart is not None
    assert [path.parts[-3] for path in apart.pages] == ["a", "b", "c"]
    for one, other in zip(
        (together.index, *together.pages), (apart.index, *apart.pages), strict=True
    ):
        assert one.read_bytes() == other.read_bytes()


@pytest.mark.on_sqlite
def test_departments_are_read_together_by_their_rows_and_let_go_one_by_one(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for code in ("a", "b", "c", "d"):
        fill(engine, code=code, extra=code)
    with engine.connect() as connection:
        given = connection.scalar(select(func.sum(source_file.c.rows_loaded)))
    assert given
    monkeypatch.setattr(load, "ROWS_AT_ONCE", given // 4 * 3)
    together: list[set[int]] = []

    def find(
        connection: Connection, asked: Mapping[Checkpoint, Collection[Figure]], most: int
    ) -> dict[str, Sources]:
        together.append({figure.department_id for some in asked.values() for figure in some})
        return find_sources(connection, asked, most)

    monkeypatch.setattr(load, "find_sources", find)
    held = []
    for year in load.load_years(engine, YEAR):
        held.append(weakref.ref(year))
        assert sum(each() is not None for each in held) == 1
    assert [len(each) for each in together] == [3, 1]


@pytest.mark.parametrize(
    "asked",
    [
        case_flow,
        lambda seen: union_all(*(judged_rows(measure(code), seen) for code in COUNTED)),
    ],
    ids=["flow of cases", "rows behind figures"],
)
def test_what_was_known_of_some_departments_asks_for_their_files_alone(
    asked: Callable[[Checkpoint], Query],
) -> None:
    """Or a page would cost the more, the more departments there are that it does not tell of."""
    seen = YEAR[1].as_known(datetime(2024, 8, 1, tzinfo=UTC)).of_some
    written = str(asked(seen).compile(dialect=sqlite.dialect()))
    known = written.split("WHERE source_file.loaded_at <= ?")[1:]
    assert known
    assert all(each.startswith(" AND source_file.department_id IN") for each in known)


@pytest.mark.on_sqlite
def test_rows_that_add_the_same_are_held_once(engine: Engine) -> None:
    fill(engine)
    [year] = load.load_years(engine, YEAR)
    rows = [row for figure in year.figures for row in figure.sources.rows]
    counted = [row for row in rows if row.register != "reported_value"]
    assert len({id(row) for row in counted}) == len(set(counted)) < len(counted)


@pytest.mark.on_sqlite
def test_an_indicator_no_longer_asked_for_is_counted_where_it_was_judged(engine: Engine) -> None:
    """The same on the page of the checkpoint as on that of the year."""
    fill(engine)
    with write_transaction(engine) as connection:
        newest = connection.scalar(select(func.max(indicator_result.c.id)))
        connection.execute(delete(indicator_result).where(indicator_result.c.id == newest))
    with engine.connect() as connection:
        [report] = load_reports(connection, YEAR[1])
    [year] = load.load_years(engine, YEAR)
    assert report.status_history == year.statuses
    first, second = (sum(counts.values()) for counts in report.status_history)
    assert (first, second) == (len(report.indicators) + 1, len(report.indicators))
    page = html.fromstring(render_page(report))
    rows = page.xpath("//table[@class='history']/tbody[2]/tr[td]")
    told = [[int(cell.text_content()) for cell in row.iter("td")] for row in rows]
    assert told == [[counts[status] for counts in year.statuses] for status in Status]


def test_a_figure_shows_the_rows_that_it_traces_to_as_known_when_it_was_judged(
    engine: Engine, tmp_path: Path
) -> None:
    fill(engine)
    before = write_site(engine, YEAR, tmp_path)
    assert before is not None
    data = told(before.pages[0])
    (figure,) = (
        each
        for each, values in data["figures"].items()
        if each.startswith("S") and values[0] == 1 and values[1] == 1  # 综治重点工作经费, June
    )
    total = data["figures"][figure][-1]
    rows = data["of"][figure]
    traced = trace_figure(engine, figure)
    assert total == len(traced.rows) == 5
    assert [amount for _, amount, _ in rows] == [
        "169,000.00元",
        "131,000.00元",
        "124,000.00元",
        "112,456.78元",
        "98,500.00元",
    ]
    listed = {tuple(data["rows"][place][3:]) for place, *_ in rows}
    assert listed == {(row.register, *row.cells) for row in traced.rows}


def test_very_many_figures_have_fewer_rows_each_and_say_how_many_there_are(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(engine)
    monkeypatch.setattr(load, "MOST_IN_ALL", 9)
    written = write_site(engine, YEAR, tmp_path)
    assert written is not None
    data = told(written.pages[0])
    shown = [len(rows) for rows in data["of"].values()]
    assert 0 < sum(shown) <= 9
    assert max(shown) < 5 == max(each[-1] for each in data["figures"].values())


def test_what_the_script_is_given_cannot_end_its_element(engine: Engine, tmp_path: Path) -> None:
    fill(engine, extra="</script><script>alert(1)</script><!--")
    with engine.begin() as connection:
        connection.execute(indicator_result.update().values(reason="</ScRiPt>\u2028&'\""))
    written = write_site(engine, YEAR, tmp_path)
    assert written is not None
    page = written.pages[0].read_text("utf-8")
    assert page.count("<script") == page.count("</script>") == 3
    assert "alert(1)</script>" not in page
    assert "<!--" not in page
    figures = told(written.pages[0])["figures"]
    assert figures["I1"][5] == "</ScRiPt>\u2028&'\""
    assert (written.pages[0].parent.parent.name, written.index.parent) == (CODE, tmp_path)
