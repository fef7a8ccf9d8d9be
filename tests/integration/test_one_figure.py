"""Every column of every result is the same wherever it is shown.

What is walked comes from the declarations (`warehouse.result`), not from a list here: a column
that somebody declares is looked for in the warehouse's views, in `status --json`, on the page of
the checkpoint and of the year, in the Word report, on the forms and in the kept report lines.
How a value may be written is said here once more, from the unit alone, so that the product's own
writing is checked too.
"""

import re
import sqlite3
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook

from perf_pipeline.warehouse.result import DECLARED, Show
from tests.figure_places import PLACES, differences, quarter_folder
from tests.figure_writings import AT, JUDGED, Figure, Said, Truth
from tests.integration.figures_year import places_of, said_everywhere, tampered, written
from tests.year import DEPARTMENT

__all__ = ["said_everywhere", "tampered", "written"]
pytestmark = pytest.mark.long(25)


def test_every_column_of_every_result_is_the_same_in_every_place(written: Path) -> None:
    truth = Truth(written)
    assert [len(truth.at(of)) for of in JUDGED] == [4, 65]
    empty = {of for of in DECLARED.values() if not truth.rows[of.table.name]}
    assert not empty
    for name, place in PLACES.items():
        assert len({figure.column for figure, _ in place.read(written)}) >= 7, name
    assert differences(written) == []


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


def test_what_is_declared_for_people_is_met_by_them_somewhere(
    written: Path, said_everywhere: dict[str, Said]
) -> None:
    """What only programs read is declared as `data`; what names a row may be the name of a file."""
    truth = Truth(written)
    met = {
        (figure.table, figure.column)
        for name, said in said_everywhere.items()
        if name not in FOR_PROGRAMS
        for figure, _ in said
    }
    never = {
        (table, column)
        for table, of in DECLARED.items()
        for column, told in of.columns.items()
        if told.show not in (Show.DATA, Show.KEY) and any(row[column] for row in truth.at(of))
    } - met
    assert not never, " ".join(map(".".join, sorted(never)))


FOR_PROGRAMS = {"BI 视图", "status --json", "报告行"}


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
        changed = re.sub(r'(data-column="paid_fen"[^>]*>)67\.80<', r"\g<1>67.08<", text, count=1)
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
