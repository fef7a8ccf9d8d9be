"""What a refused file's columns are (列对照): questions for a person, in one small workbook.

A header that lacks a required column is asked about with all its headings that nothing is known
of, what stands below them, and the column that each may be. The answer is itself a register's file
(列对照表): handed in once, it is remembered for the department and the register.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from perf_pipeline.domain.errors import LayoutError, Place
from perf_pipeline.foreign.process import call
from perf_pipeline.registers.amounts import is_loud_heading
from perf_pipeline.registers.cells import Cell, Value, shown
from perf_pipeline.registers.declaration import Register, register
from perf_pipeline.registers.files import open_sheets
from perf_pipeline.registers.header import SEARCHED_ROWS, Known, find_header
from perf_pipeline.registers.headings import COLUMN_MAP
from perf_pipeline.registers.missing_columns import MissingColumnsError

if TYPE_CHECKING:
    from openpyxl import Workbook

UNANSWERED = "？"  # names no column, so it is no answer; an empty cell says: not used
EXAMPLES = 3  # cells below a heading that are shown
_BELOW = 20  # rows in which they are looked for


@dataclass(frozen=True)
class ColumnQuestion:
    """A heading that nothing is known of, and which column of the register it may be.

    `proposed` is a column's label, with its certainty in per cent; `lacking` are the labels of
    all required columns that the file has not.
    """

    register_label: str
    heading: str
    examples: tuple[str, ...]
    proposed: str | None
    certainty: int
    lacking: tuple[str, ...]


def column_questions(path: Path, declared: Register, known: Known) -> tuple[ColumnQuestion, ...]:
    """Return what a file's header asks; nothing where it can be read, or where it has no header.

    Raises UnreadableFileError for a file that cannot be opened.
    """
    return tuple(call(path, ask_of_sheets, path.absolute(), declared, known))


def ask_of_sheets(path: Path, declared: Register, known: Known) -> list[ColumnQuestion]:
    """Look at the visible sheets' headers, in a reader's process."""
    asked: dict[str, ColumnQuestion] = {}
    for sheet in open_sheets(path):
        if sheet.hidden or sheet.is_instructions:
            continue
        head = list(islice(sheet.rows(), SEARCHED_ROWS + _BELOW))
        try:
            find_header(head[:SEARCHED_ROWS], declared, Place(path.name, sheet.name), known)
        except MissingColumnsError as error:
            for each in _questions(error, head, declared):
                asked.setdefault(each.heading, each)
        except LayoutError:
            continue  # no header, or one that says two things: no question of columns
    return list(asked.values())


def _questions(
    error: MissingColumnsError, head: Sequence[Sequence[Cell]], declared: Register
) -> list[ColumnQuestion]:
    proposals = {each.position: each for each in error.proposals}
    below = head[error.row + 1 :]
    found = []
    for position, heading in sorted(error.unknown.items()):
        # 作废日期 is none of the register's dates, whatever stands below it
        loud = is_loud_heading(heading, of_payments=declared.amount is not None)
        proposal = None if loud else proposals.get(position)
        cells = (row[position] for row in below if position < len(row))
        examples = dict.fromkeys(shown(cell) for cell in cells if cell not in (None, ""))
        found.append(
            ColumnQuestion(
                declared.label,
                heading,
                tuple(islice(examples, EXAMPLES)),
                declared.column(proposal.column).label if proposal else None,
                round(proposal.certainty * 100) if proposal else 0,
                tuple(column.label for column in error.lacking),
            )
        )
    return found


def _such_as(examples: Sequence[str]) -> str:
    return f"如 {'；'.join(examples)[:120]}" if examples else ""


def questions_workbook(
    questions: Sequence[ColumnQuestion],
    department: str,
    fiscal_year: int,
    labels: Mapping[str, Sequence[str]],
) -> Workbook:
    """Lay the questions out as the 列对照表 to fill in; `labels` are each register's columns.

    The answers hold a ？, which is none: a proposal stands beside, for a person to choose.
    """
    # the library of workbooks takes long to load, and most looks at an inbox ask nothing
    from perf_pipeline.registers.handed_back import ASKED
    from perf_pipeline.registers.template import Handout, Note, template_workbook

    rows: list[Mapping[str, Value]] = [
        {
            "register_label": each.register_label,
            "heading": each.heading,
            "column_label": UNANSWERED,
        }
        for each in questions
    ]
    choices = {"column_label": list(dict.fromkeys(c for each in labels.values() for c in each))}
    offered = [
        f"{each.proposed}（{each.certainty}%）" if each.proposed else "" for each in questions
    ]
    notes = [
        Note(ASKED[0], offered, 22),
        # 如 before it: 作废 alone would ask whether the answer's own row counts
        Note(ASKED[1], [_such_as(each.examples) for each in questions], 40),
        Note(ASKED[2], ["、".join(each.lacking) for each in questions], 30),
    ]
    handout = Handout(department, fiscal_year, choices, rows, notes)
    return template_workbook(register(COLUMN_MAP), handout)
