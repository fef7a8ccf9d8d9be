"""Every column of every result is the same wherever it is shown.

What is walked comes from the declarations (`warehouse.result`), not from a list here: a column
that somebody declares is looked for in the warehouse's views, in `status --json`, on the page of
the checkpoint and of the year, in the Word report, on the forms and in the kept report lines.
How a value may be written is said here once more, from the unit alone, so that the product's own
writing is checked too.
"""

import os
import re
import sqlite3
from collections.abc import Callable, Iterator
from itertools import combinations, pairwise
from pathlib import Path
from random import Random
from shutil import copytree, rmtree
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook
from sqlalchemy import Engine, Text, insert

from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.domain.recheck import RecheckRules
from perf_pipeline.monitoring.recheck.recheck_year import recheck_year
from perf_pipeline.reports.evaluated_year import load_years
from perf_pipeline.reports.query import load_reports
from perf_pipeline.reports.selects import newest_rows
from perf_pipeline.reports.self_evaluation_form import self_evaluation_form
from perf_pipeline.reports.site.write import write_site
from perf_pipeline.reports.write import write_quarter
from perf_pipeline.warehouse.derived import (
    Adjustment,
    DepartmentScore,
    OutlookResult,
    ProjectScore,
    ScoredLine,
)
from perf_pipeline.warehouse.engine import open_warehouse, write_transaction
from perf_pipeline.warehouse.findings import AuditFinding, CaseLimit
from perf_pipeline.warehouse.judgements import (
    IndicatorResult,
    MeasureValue,
    SpendingResult,
    spending_result,
)
from perf_pipeline.warehouse.rechecks import RecheckFault, RecheckForm, RecheckLine
from perf_pipeline.warehouse.result import DECLARED, Result, Show
from tests.figure_places import PLACES, differences, quarter_folder
from tests.figure_workbooks import EVALUATED, write_evaluations
from tests.figure_writings import AT, JUDGED, NOTHING, Figure, Said, Truth
from tests.integration.test_recheck_year import inflate
from tests.integration.warehouse_year import fill_year
from tests.year import DEPARTMENT, QUARTERS

pytestmark = pytest.mark.long(25)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the judged year and its reports."""
    folder = tmp_path_factory.mktemp("written")
    engine = fill_year(f"sqlite:///{folder / 'warehouse.db'}", folder / "reports")
    keep_an_adjustment(engine)
    write_quarter(engine, AT, folder / "reports")
    hand_in_an_inflated_form(engine, folder / "evaluated")
    recheck_year(engine, folder / "evaluated", QUARTERS[-1], RecheckRules(), seed=1, size=2)
    write_evaluations(engine, folder)
    engine.dispose()
    return folder


def keep_an_adjustment(engine: Engine) -> None:
    """Keep what late data would change in a checkpoint before the one that is reported on."""
    with write_transaction(engine) as connection:
        judged = connection.execute(newest_rows(spending_result, "monitoring", AT, None)).first()
        assert judged is not None
        texts = {"closed_text": "1.00元", "known_text": "3.00元", "difference_text": "+2.00元"}
        connection.execute(
            insert(Adjustment.table).values(
                snapshot_id=judged.snapshot_id,
                quarter=QUARTERS[0].name,
                closed_version=7,
                part="spending",
                subject_key="信访维稳经费",
                project_name="信访维稳经费",
                name="支出",
                closed_numerator=100,
                closed_denominator=1,
                known_numerator=300,
                known_denominator=2,
                closed_judgement="green",
                known_judgement="red",
                sources='{"rows": [], "beyond": 2}',
                **texts,
            )
        )


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
    assert not empty
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


def test_any_column_altered_or_taken_for_another_is_noticed_in_any_place(
    written: Path, said_everywhere: dict[str, Said]
) -> None:
    """Every column that a place shows, against every other that it shows of the same row."""
    truth = Truth(written)
    tried = 0
    for place, said in said_everywhere.items():
        rows: dict[tuple[str, int], dict[str, Any]] = {}
        for figure, text in said:
            rows.setdefault(figure[:2], {}).setdefault(figure.column, text)
        told, unlike = set[tuple[str, str, str]](), set[tuple[str, str, str]]()
        for (table, id), texts in rows.items():
            for column, text in texts.items():
                assert truth.denies(Figure(table, id, column), f"{text}1"), (place, column)
            for one, other in combinations(sorted(texts), 2):
                pair = (table, one, other)
                figures = Figure(table, id, one), Figure(table, id, other)
                if pair in told or not set.isdisjoint(*map(truth.writings, figures)):
                    continue
                unlike.add(pair)
                if truth.denies(figures[0], texts[other]) and truth.denies(figures[1], texts[one]):
                    told.add(pair)
        assert told == unlike, place
        tried += len(told)
    assert tried > 1000, tried


def swap(monkeypatch: pytest.MonkeyPatch, of: type[Result], one: str, other: str) -> None:
    """Let the reader of a result take each of two filled columns for the other."""
    plain = Result.__dict__["of"].__func__

    def confused(cls: type[Result], values: Any, **more: Any) -> Result:
        if issubclass(cls, of) and None not in (values[one], values[other]):
            values = {**values, one: values[other], other: values[one]}
        found: Result = plain(cls, values, **more)
        return found

    monkeypatch.setattr(Result, "of", classmethod(confused))


def places_of(found: list[str]) -> set[str]:
    return {each.partition("：")[0] for each in found}


def test_two_columns_swapped_are_noticed_in_every_place_that_shows_them(
    said_everywhere: dict[str, Said], tampered: Path
) -> None:
    """A sample of the pairs that a reader could confuse; `make swaps` tries them all."""
    truth = Truth(tampered)
    swaps = without_common_columns(
        [(of, *pair) for of in SHOWN for pair in alike(of, truth.at(of))]
    )
    chosen = swaps if os.environ.get("PERF_TEST_SWAPS") == "all" else [Random(13).choice(swaps)]
    engine = open_warehouse(f"sqlite:///{tampered / 'warehouse.db'}")
    for at_once in chosen:
        with pytest.MonkeyPatch.context() as patch:
            for each in at_once:
                swap(patch, *each)
            try:
                write_quarter(engine, AT, tampered / "reports")
                write_site(engine, QUARTERS[:2], tampered / "reports")
            except (KeyError, IndexError, ValueError):
                continue  # what does not fit together is not written
            found = differences(tampered, WRITTEN)
        for of, *pair in at_once:
            shown = shown_in(said_everywhere, of, pair, truth)
            noticed = places_of(of_columns(found, of, pair))
            assert noticed - spared(of, pair) == shown, pair
    engine.dispose()


def test_two_columns_of_scores_and_of_the_re_check_swapped_are_noticed_or_stop_the_writing(
    said_everywhere: dict[str, Said], tampered: Path
) -> None:
    truth = Truth(tampered)
    places = {name: PLACES[name] for name in ("自评表", "复核表")}
    shown = {each[:1] + each[2:] for name in places for each, _ in said_everywhere[name]}
    swaps = [
        (of, *pair)
        for of in EVALUATIONS
        for pair in alike(of, list(truth.rows[of.table.name].values()))
        if any((of.table.name, column) in shown for column in pair)
    ]
    assert len(swaps) >= 10
    every = os.environ.get("PERF_TEST_SWAPS") == "all"
    engine = open_warehouse(f"sqlite:///{tampered / 'warehouse.db'}")
    noticed = 0
    for of, *pair in swaps if every else [s for s in swaps if s[0] is RecheckLine][-2:]:
        rmtree(tampered / EVALUATED, ignore_errors=True)
        with pytest.MonkeyPatch.context() as patch:
            swap(patch, of, *pair)
            try:
                write_evaluations(engine, tampered)
            except (ConfigurationError, KeyError, StopIteration):
                continue  # what does not fit together is not written
            assert of_columns(differences(tampered, places), of, pair), pair
        noticed += 1
    engine.dispose()
    assert noticed >= 2


EVALUATIONS = (
    *(ScoredLine, ProjectScore, DepartmentScore),
    *(RecheckForm, RecheckLine, RecheckFault),
)
SHOWN = (
    *(SpendingResult, IndicatorResult, OutlookResult, CaseLimit),
    *(AuditFinding, Adjustment, MeasureValue),
)
# BI views are made by the database itself
WRITTEN = {name: place for name, place in PLACES.items() if name != "BI 视图"}


def of_columns(found: list[str], of: type[Result], pair: list[str]) -> list[str]:
    marks = [(f"table='{of.table.name}'", f"column='{column}'") for column in pair]
    return [each for each in found if any(all(m in each for m in mark) for mark in marks)]


def shown_in(
    said_everywhere: dict[str, Said], of: type[Result], pair: list[str], truth: Truth
) -> set[str]:
    """Return the places that must notice it: they show one of the two where they differ."""
    swapped = {id for id, row in truth.rows[of.table.name].items() if unlike(row, *pair)}
    return {
        name
        for name in WRITTEN.keys() - spared(of, pair)
        if any(
            figure.table == of.table.name
            and figure.column in pair
            and figure.id in swapped
            and text not in NOTHING
            for figure, text in said_everywhere[name]
        )
    }


def spared(of: type[Result], pair: list[str]) -> set[str]:
    """Return the places in which a swap need make nothing wrong, though it may.

    The forms compute a share from its parts themselves, and in the Word report sentences follow
    one another.
    """
    told = [of.columns[column] for column in pair]
    form = {"监控表"} if any(each.form and each.exactly for each in told) else set()
    return form | ({"Word 报告"} if all(each.show is Show.SENTENCE for each in told) else set())


def alike(
    of: type[Result], rows: list[dict[str, Any]], *, codes: bool = False
) -> Iterator[tuple[str, str]]:
    """Pair each column with the next of its kind whose values are others.

    Texts for programs (codes, JSON) are left out unless asked for: a sentence in their place stops
    the writing.
    """
    kinds: dict[type, list[str]] = {}
    coded = {name for row in rows for name, value in row.items() if str(value)[:1] == "["}
    for name, column in of.table.c.items():
        for_people = codes or (name in of.columns and of.columns[name].show is not Show.DATA)
        text = isinstance(column.type, Text)
        if name in of.columns and name not in {*of.words, *coded} and (for_people or not text):
            kinds.setdefault(type(column.type), []).append(name)
    for names in kinds.values():
        for one, other in pairwise(names):
            if any(unlike(row, one, other) for row in rows):
                yield one, other


def unlike(row: dict[str, Any], *pair: str) -> bool:
    """Tell whether both columns of a row are filled, with different values."""
    one, other = (row[column] for column in pair)
    return None not in (one, other) and bool(one != other)


Swap = tuple[type[Result], str, str]


def without_common_columns(swaps: list[Swap]) -> list[list[Swap]]:
    """Share swaps out among lists in which no column stands twice: they can be made at once.

    Texts are swapped one pair at a time: a figure in a sentence is found by that sentence.
    """
    texts = [each for each in swaps if isinstance(each[0].table.c[each[1]].type, Text)]
    lists: list[list[Swap]] = []
    for swap in swaps:
        of, *pair = swap
        taken = ({(o, column) for o, *p in each for column in p} for each in lists)
        free = (not {(of, column) for column in pair} & columns for columns in taken)
        if swap not in texts:
            at = next((nth for nth, is_free in enumerate(free) if is_free), len(lists))
            lists[at : at + 1] = [[*(lists[at] if at < len(lists) else ()), swap]]
    return [*lists, *([each] for each in texts)]


@pytest.mark.parametrize("of", JUDGED)
def test_any_two_columns_that_a_reader_could_confuse_are_told_apart(
    written: Path, of: type[Result]
) -> None:
    truth = Truth(written)
    swaps: list[Swap] = [(of, *pair) for pair in alike(of, truth.at(of), codes=True)]
    assert len(swaps) >= 12
    for at_once in without_common_columns(swaps):
        with pytest.MonkeyPatch.context() as patch:
            for each in at_once:
                swap(patch, *each)
            said = PLACES["status --json"].read(written)
        for _, *pair in at_once:
            mine = [each for each in said if each[0].column in pair]
            wrong = {each.column for each, text in mine if truth.denies(each, text)}
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
