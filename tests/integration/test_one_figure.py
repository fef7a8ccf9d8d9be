"""Every column of every result is the same wherever it is shown.

What is walked comes from the declarations (`warehouse.result`), not from a list here: a column
that somebody declares is looked for in the warehouse's views, in `status --json`, on the page of
the checkpoint and of the year, in the Word report, on the forms and in the kept report lines.
How a value may be written is said here once more, from the unit alone, so that the product's own
writing is checked too.
"""

import re
import sqlite3
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook
from sqlalchemy import Engine

from perf_pipeline.domain.recheck import RecheckRules
from perf_pipeline.monitoring.recheck.recheck_year import recheck_year
from perf_pipeline.reports.evaluated_year import load_years
from perf_pipeline.reports.query import load_reports
from perf_pipeline.reports.self_evaluation_form import self_evaluation_form
from perf_pipeline.reports.site.write import write_site
from perf_pipeline.reports.write import write_quarter
from perf_pipeline.warehouse.derived import Adjustment, OutlookResult
from perf_pipeline.warehouse.engine import open_warehouse
from perf_pipeline.warehouse.judgements import IndicatorResult, SpendingResult
from perf_pipeline.warehouse.result import DECLARED, Result
from tests.figure_places import PLACES, differences, quarter_folder
from tests.figure_writings import AT, JUDGED, NOTHING, Said, Truth, same
from tests.integration.test_recheck_year import inflate
from tests.integration.warehouse_year import fill_year
from tests.year import DEPARTMENT, QUARTERS

pytestmark = pytest.mark.long(25)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the judged year and its reports."""
    folder = tmp_path_factory.mktemp("written")
    engine = fill_year(f"sqlite:///{folder / 'warehouse.db'}", folder / "reports")
    hand_in_an_inflated_form(engine, folder / "evaluated")
    recheck_year(engine, folder / "evaluated", QUARTERS[-1], RecheckRules(), seed=1, size=2)
    engine.dispose()
    return folder


def hand_in_an_inflated_form(engine: Engine, inbox: Path) -> None:
    """Hand in a project's self-evaluation that gives everything its full marks."""
    with engine.connect() as connection:
        (year,) = load_years(engine, QUARTERS[-1], load_reports(connection, QUARTERS[-1]))
    folder = inbox / "2024" / year.report.department_code / "evaluations"
    folder.mkdir(parents=True)
    name = "社会治安保险"
    (folder / "自评表.xlsx").write_bytes(inflate(self_evaluation_form(year, name)))


def test_every_column_of_every_result_is_the_same_in_every_place(written: Path) -> None:
    truth = Truth(written)
    assert [len(truth.at(of)) for of in JUDGED] == [4, 65]
    empty = {of for of in DECLARED.values() if not truth.rows[of.table.name]}
    assert empty <= {Adjustment}
    for name, place in PLACES.items():
        assert len({figure.column for figure, _ in place.read(written)}) >= 7, name
    assert differences(written) == []


@pytest.fixture
def tampered(written: Path, tmp_path: Path) -> Path:
    """A copy of it to tamper with."""
    return Path(copytree(written, tmp_path / "tampered"))


@pytest.fixture(scope="module")
def said_everywhere(written: Path) -> dict[str, Said]:
    """What each place says of the judged year."""
    return {name: place.read(written) for name, place in PLACES.items()}


def swap(monkeypatch: pytest.MonkeyPatch, of: type[Result], one: str, other: str) -> None:
    """Let the reader of a result take each of two columns for the other."""
    plain = Result.__dict__["of"].__func__

    def confused(cls: type[Result], values: Any, **more: Any) -> Result:
        if issubclass(cls, of):
            values = {**values, one: values[other], other: values[one]}
        found: Result = plain(cls, values, **more)
        return found

    monkeypatch.setattr(Result, "of", classmethod(confused))


def places_of(found: list[str]) -> set[str]:
    return {each.partition("：")[0] for each in found}


SWAPPED: list[tuple[type[Result], str, str]] = [
    (SpendingResult, "budget_fen", "paid_fen"),
    (SpendingResult, "contracts_fen", "due_next_fen"),
    (SpendingResult, "planned_bp", "deviation_bp"),
    (IndicatorResult, "raw_target", "name"),
    (OutlookResult, "low80", "high80"),
]


def test_two_columns_swapped_are_noticed_in_every_place_that_shows_them(
    said_everywhere: dict[str, Said], tampered: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for each in SWAPPED:
        swap(monkeypatch, *each)
    engine = open_warehouse(f"sqlite:///{tampered / 'warehouse.db'}")
    write_quarter(engine, AT, tampered / "reports")
    write_site(engine, QUARTERS[:2], tampered / "reports")
    engine.dispose()
    found = differences(tampered)
    shown_anywhere = set[str]()
    for of, *pair in SWAPPED:
        shown = {
            name
            for name, said in said_everywhere.items()
            if name != "BI 视图"  # made by the database itself
            and any(
                figure.table == of.table.name and figure.column in pair
                for figure, text in said
                if text not in NOTHING
            )
        }
        assert len(shown) >= 2
        marks = [(f"table='{of.table.name}'", f"column='{column}'") for column in pair]
        mine = [each for each in found if any(all(m in each for m in mark) for mark in marks)]
        assert places_of(mine) == shown, pair
        shown_anywhere |= shown
    assert places_of(found) == shown_anywhere


def alike(of: type[Result], rows: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """Pair each column with the next of its kind whose values are others."""
    kinds: dict[type, list[str]] = {}
    for name, column in of.table.c.items():
        if name in of.columns and name not in of.words:
            kinds.setdefault(type(column.type), []).append(name)
    for names in kinds.values():
        for one, other in pairwise(names):
            if any(row[one] != row[other] for row in rows):
                yield one, other


def without_common_columns(pairs: list[tuple[str, str]]) -> list[list[tuple[str, str]]]:
    """Share pairs out among lists in which no column stands twice: they can be swapped at once."""
    lists: list[list[tuple[str, str]]] = []
    for pair in pairs:
        for each in lists:
            if not set(pair) & {column for other in each for column in other}:
                each.append(pair)
                break
        else:
            lists.append([pair])
    return lists


@pytest.mark.parametrize("of", JUDGED)
def test_any_two_columns_that_a_reader_could_confuse_are_told_apart(
    written: Path, of: type[Result]
) -> None:
    truth = Truth(written)
    pairs = list(alike(of, truth.at(of)))
    assert len(pairs) >= 15
    for at_once in without_common_columns(pairs):
        with pytest.MonkeyPatch.context() as patch:
            for pair in at_once:
                swap(patch, of, *pair)
            said = PLACES["status --json"].read(written)
        for pair in at_once:
            mine = [each for each in said if each[0].column in pair]
            wrong = {each.column for each, text in mine if same(text) not in truth.writings(each)}
            assert wrong == set(pair)


def in_a_form(folder: Path) -> None:
    [path] = quarter_folder(folder).glob("*监控表-综治重点工作经费.xlsx")
    book = load_workbook(path)
    cell = next(c for row in book.active.iter_rows() for c in row if c.value == 67.8)
    cell.value = 67.800001  # a fen more
    book.save(path)


def in_an_indicator_of_a_form(folder: Path) -> None:
    [path] = quarter_folder(folder).glob("*监控表-信访维稳经费.xlsx")
    book = load_workbook(path)
    rates = [c for row in book.active.iter_rows() for c in row if str(c.value).startswith("≥")]
    rates[-1].value = "≥1%"
    book.save(path)


def on_a_page(page: str) -> Callable[[Path], None]:
    def tamper(folder: Path) -> None:
        [path] = (folder / "reports" / DEPARTMENT / page).glob("*.html")
        text = path.read_text("utf-8")
        changed = re.sub(r'(data-column="paid_fen"[^>]*>)67\.80<', r"\g<1>67.08<", text)
        assert changed != text
        path.write_text(changed, "utf-8")

    return tamper


def in_the_word_file(folder: Path) -> None:
    [path] = quarter_folder(folder).glob("*.docx")
    file = Document(str(path))
    cells = [cell for table in file.tables for row in table.rows for cell in row.cells]
    next(cell for cell in cells if cell.text == "67.80").text = "67.08"
    file.save(str(path))


def in_an_amount_of_the_tables(folder: Path) -> None:
    with sqlite3.connect(folder / "warehouse.db") as connection:
        connection.execute("UPDATE spending_result SET paid_fen = paid_fen + 1")


def in_a_view(folder: Path) -> None:
    with sqlite3.connect(folder / "warehouse.db") as connection:
        [text] = connection.execute(
            "SELECT sql FROM sqlite_master WHERE name = 'fact_spending'"
        ).fetchone()
        connection.execute("DROP VIEW fact_spending")
        swapped = text.replace("spending_result.contracts_fen AS", "spending_result.paid_fen AS")
        assert swapped != text
        connection.execute(swapped)


TAMPERED = [
    (in_a_form, "监控表", "spending_result"),
    (in_an_indicator_of_a_form, "监控表", "indicator_result"),
    (on_a_page(AT.name), "报告页", "spending_result"),
    (on_a_page("2024"), "年度网页", "spending_result"),
    (in_the_word_file, "Word 报告", "spending_result"),
    (in_a_view, "BI 视图", "spending_result"),
]
# what the command says, it reads from the tables
ON_DISK = {name: place for name, place in PLACES.items() if name != "status --json"}


def test_each_cell_that_differs_is_named_with_its_place(tampered: Path) -> None:
    for tamper, _, _ in TAMPERED:
        tamper(tampered)
    found = (
        re.match(r"(.+?)：Figure\(table='(\w+)'", each) for each in differences(tampered, ON_DISK)
    )
    named = {each.groups() for each in found if each}
    assert named == {(place, table) for _, place, table in TAMPERED}


def test_an_amount_that_differs_in_the_tables_is_named_with_every_place_that_writes_it_exactly(
    tampered: Path,
) -> None:
    in_an_amount_of_the_tables(tampered)
    # others write this amount to the hundred yuan, the facts of a block to the fen
    assert places_of(differences(tampered, ON_DISK)) == {"监控表", "报告页", "年度网页"}
