"""What the page's script shows when a number is opened: the figure, and all its source rows.

Rows and files are named once and referred to by number, since many figures share them. All of it
is packed by gzip and written in base64: the script unpacks it when the first number is opened.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from perf_pipeline.measures.catalogue import MEASURES
from perf_pipeline.monitoring.counted import IN_FEN, is_rate, write_counted
from perf_pipeline.monitoring.source_rows import TracedRow, cell_labels
from perf_pipeline.reports.page import SHA_SHOWN, packed
from perf_pipeline.reports.page_words import told_in_both
from perf_pipeline.reports.site.model import Indicator, Judged, Spending, Year

Belongs = tuple[str | None, str | None]  # a project, or a line of work; the other is None
_MEASURES = {each.code: each for each in MEASURES}


class _Numbered(dict[tuple[object, ...], int]):
    """Values in the order in which they first came, each with its number."""

    def of(self, value: tuple[object, ...]) -> int:
        """Return the value's number; a new value gets the next."""
        return self.setdefault(value, len(self))


def packed_evidence(year: Year, group_of: Mapping[Belongs, str]) -> str:
    """Return the year's figures and source rows, packed; the same ones give the same text.

    `group_of` gives the part of the page of a project or a line of work. `words` are its texts in
    the language beside Chinese.
    """
    figures = _figures_of(year, group_of)
    told = figures | _source_rows(year) | {"words": _said(figures)}
    return packed(json.dumps(told, ensure_ascii=False, separators=(",", ":")))


def _figures_of(year: Year, group_of: Mapping[Belongs, str]) -> dict[str, object]:
    """Return the year's figures for the script, with what names and places they refer to."""
    subjects: list[list[object]] = []
    figures: dict[str, list[object]] = {}
    for each in year.subjects:
        subjects.append(_subject(each, group_of))
        for judged in filter(None, each.quarters):
            figures[judged.row.figure] = [len(subjects) - 1, *_figure(judged)]
    named = sorted({code for each in year.figures if (code := each.counted[0]) in _MEASURES})
    return {
        "quarters": [each.label for each in year.checkpoints],
        "groups": {at: name or section for (name, section), at in group_of.items()},
        "subjects": subjects,
        "figures": figures,
        "measures": {code: _measure(code) for code in named},
    }


def _said(told: Mapping[str, Any]) -> dict[str, str]:
    """Return what the figures' texts are in the language beside Chinese: reasons, measures."""
    texts = {
        text for figure in told["figures"].values() for text in figure if isinstance(text, str)
    }
    texts.update(
        text for label, description, _ in told["measures"].values() for text in (label, description)
    )
    return told_in_both(sorted(texts))


def belongs(each: Indicator) -> Belongs:
    """Say under which project, or else line of work, an indicator stands."""
    of = each.last
    return (of.project_name, None) if of.project_name else (None, of.section or "")


def _subject(each: Spending | Indicator, group_of: Mapping[Belongs, str]) -> list[object]:
    """Name a subject: what it is called, where it belongs, its figures from first to last."""
    figures = [judged.row.figure if judged else None for judged in each.quarters]
    if isinstance(each, Spending):
        return ["", group_of[each.project_name, None], figures]
    return [each.last.name, group_of[belongs(each)], figures]


def _measure(code: str) -> list[object]:
    found = _MEASURES[code]
    label = found.label.replace("（分）", "")  # amounts are told in yuan
    return [label, found.description, is_rate(code, None)]


def _source_rows(year: Year) -> dict[str, object]:
    """Return the rows behind the year's figures.

    Files, rows and lists stand in it once each: a list has the row's number and what it adds;
    `of` gives each figure's list, which figures made of the same rows share.
    """
    files, rows, numbers = _Numbered(), _Numbered(), _Numbered()
    registers: set[str] = set()
    # of rows that lists share: cells are compared once, and what it adds is written once
    places: dict[int, int] = {}
    added: dict[bool, dict[int, list[object]]] = {False: {}, True: {}}
    lists: list[list[list[object]]] = []
    of: dict[str, int] = {}
    for judged in year.figures:
        code, listed = judged.counted[0], judged.sources.rows
        of[judged.row.figure] = nth = numbers.of((id(listed),))
        if nth < len(lists):
            continue
        told = added[code in IN_FEN]
        for row in listed:
            if id(row) in told:
                continue
            if id(row) not in places:
                file = files.of((row.file, row.sha256[:SHA_SHOWN]))
                places[id(row)] = rows.of((file, row.sheet, row.row, row.register, *row.cells))
                registers.add(row.register)
            told[id(row)] = [places[id(row)], *_adds(row, code)]
        lists.append([told[id(row)] for row in listed])
    return {
        "files": list(files),
        "registers": {name: cell_labels(name) for name in sorted(registers)},
        "rows": list(rows),
        "lists": lists,
        "of": of,
    }


def _adds(row: TracedRow, code: str | None) -> tuple[str, str]:
    return write_counted(row.numerator, code), write_counted(row.denominator, code)


def _figure(judged: Judged) -> list[object]:
    code, numerator, denominator = judged.counted
    return [
        judged.quarter,
        str(judged.judgement),
        judged.actual,
        judged.planned,
        judged.row.reason,
        code,
        *(None if part is None else write_counted(part, code) for part in (numerator, denominator)),
        judged.sources.total,
    ]
