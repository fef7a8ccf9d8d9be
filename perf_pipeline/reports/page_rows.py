"""What pages hold hundreds of times: values of rows under their columns' names, as markup.

Written straight, for a template takes three times as long. Columns come from the declaration of
the row; words of the interface stand in the templates, which call these as filters.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from markupsafe import Markup, escape

from perf_pipeline.domain.status import LIGHT_LABELS, STATUS_LABELS, Light, Status
from perf_pipeline.monitoring.outlook.told import said as said_of_case
from perf_pipeline.reports.cells import NONE, in_table, known, nothing
from perf_pipeline.reports.foretold import Outlook
from perf_pipeline.reports.model import IndicatorLine
from perf_pipeline.reports.page_words import markup, spoken, translated, translated_attribute
from perf_pipeline.reports.site.model import Judged
from perf_pipeline.warehouse.result import Result, Show, Told

LABELS: dict[str, str] = {str(word): label for word, label in LIGHT_LABELS.items()} | {
    str(word): label for word, label in STATUS_LABELS.items()
}
# the gravest first: what tables are sorted by
GRAVITY = {
    word: nth
    for nth, word in enumerate(
        (
            *(Light.RED, Light.YELLOW, Light.AHEAD, Light.UNKNOWN, Light.GREEN),
            *(Status.MISSED, Status.BEHIND, Status.NO_DATA, Status.NOT_DUE),
            *(Status.ON_TRACK, Status.MET, None),
        )
    )
}
NUMBER = ' class="num"'
UNSORTED = -1_000_000  # of a figure that is not known: it comes behind all others
Judgement = Light | Status


@cache
def icon(word: str) -> Markup:
    """Return the shape of a light or status (`marks.html.j2`)."""
    return Markup('<svg class="icon" aria-hidden="true"><use href="#i-{}"/></svg>').format(word)


def mark(word: str) -> Markup:
    """Return a light or status as shape, word and colour."""
    said = translated(LABELS[str(word)])
    return markup(f'<span class="mark {escape(word)}">{icon(word)}{said}</span>')


def strip(words: Iterable[Judgement | None], labels: Sequence[str], no_word: str) -> Markup:
    """Return the judgements of checkpoints side by side; `no_word` is said where there was none."""
    marks = (_past(*each, no_word) for each in zip(words, labels, strict=True))
    return markup(f'<span class="strip">{"".join(marks)}</span>')


def _past(word: Judgement | None, label: str, no_word: str) -> str:
    at = translated(label)
    if not word:
        said = f'–<span class="vh">{at} {translated(no_word)}</span>'
        return f'<span class="gap" title="{escape(label)} –">{said}</span>'
    of = LABELS[word]
    title = translated_attribute(f"{label} {of}", "title")
    said = f'<span class="vh">{at} {translated(of)}</span>'
    return f'<span class="mark {word.value}" {title}>{icon(word)}{said}</span>'


def heads(row_class: type[Result], where: str = "HEAD") -> Markup:
    """Return the heads of a table's columns."""
    shown = row_class.shown(Show[where]).items()
    looks = ["" if name in row_class.words else NUMBER for name, _ in shown]
    said = [translated(of.label) for _, of in shown]
    told = zip(looks, said, strict=True)
    return markup("".join(f'<th scope="col"{look}>{head}</th>' for look, head in told))


def cells(row: Result, where: str = "HEAD") -> Markup:
    """Return a row's cells in a table: lights and statuses as marks, all else as it is written."""
    return markup(
        "".join(
            f"{start}{_in_cell(row, name, of)}</td>\n"
            for name, of, start in _columns(type(row), where, NUMBER)
        )
    )


def _in_cell(row: Result, name: str, of: Told) -> Markup | str:
    value = getattr(row, name)
    if name in row.words:
        return mark(value)
    if value is not None:
        return spoken(in_table(row, name))
    said = nothing(of)
    return f'<span class="none">{said if said == NONE else translated(said)}</span>'


def told_cells(row: Result) -> Markup:
    """Return a row's cells in a table whose figures have each a unit of its own."""
    return markup(
        "".join(
            f"{start}{_told_in_cell(row, name)}</td>\n"
            for name, _, start in _columns(type(row), "HEAD", "")
        )
    )


def _told_in_cell(row: Result, name: str) -> Markup | str:
    value = getattr(row, name)
    if name in row.words:
        return mark(value)
    return '<span class="none">—</span>' if value is None else spoken(row.told(name))


@cache
def _columns(row: type[Result], where: str, look: str) -> list[tuple[str, Told, str]]:
    """Return the columns that people meet in a place, each with how its cells begin."""
    return [
        (name, of, f'<td data-column="{name}">')
        if name in row.words
        else (
            name,
            of,
            f'<td{look} data-column="{name}" {translated_attribute(of.label, "data-label")}>',
        )
        for name, of in row.shown(Show[where]).items()
    ]


def sorted_cell(row: Result | None, name: str) -> Markup:
    """Return a figure's cell in a table that is sorted by it."""
    value = None if row is None else getattr(row, name)
    said = (
        '<span class="none">—</span>'
        if row is None or value is None
        else escape(in_table(row, name))
    )
    by = UNSORTED if value is None else value
    return markup(f'<td class="num" data-column="{name}" data-v="{by}">{said}</td>\n')


def facts(row: Result, *where: str) -> Markup:
    """Return label and value of every column that has one."""
    told = "".join(
        f'<div><dt>{translated(of.label)}</dt><dd data-column="{name}">'
        f"{spoken(row.told(name))}</dd></div>\n"
        for name, of in known(row, *(Show[each] for each in where)).items()
    )
    of_row = f'<dl class="facts figures" data-row="{row.address}">\n{told}</dl>\n'
    return markup(of_row if told else "")


def judged_cell(judged: Judged | None, no_word: str) -> Markup:
    """Return the cell of a judgement at a checkpoint, a link to its figure's source rows."""
    if judged is None:
        said = f'<span class="none">{translated(no_word)}</span>'
        return markup(f'<td class="cell" data-v="99">{said}</td>')
    word, row, actual = judged.judgement, judged.row, judged.actual
    reached = f'<b data-column="{judged.actual_column}">{spoken(actual)}</b>' if actual else ""
    said = f'<span data-column="{judged.column}">{translated(LABELS[word])}</span>{reached}'
    return markup(
        f'<td class="cell {word.value}" data-row="{row.address}" data-v="{GRAVITY[word]}">'
        f'<a href="#{escape(row.figure)}">{icon(word)}{said}</a></td>'
    )


def indicator_name(row: IndicatorLine) -> Markup:
    """Return an indicator's name, and the levels that it stands under."""
    name = f'<span data-column="name">{escape(row.name)}</span>'
    levels = "·".join(
        f'<span data-column="{level}">{escape(said)}</span>'
        for level in ("level1", "level2")
        if (said := getattr(row, level))
    )
    return markup(f'{name}<span class="sub">{levels}</span>' if levels else name)


def cases_alike(outlook: Outlook, own: str) -> Markup:
    """Return how cases like this one went; `own` says that one was an earlier year of its own."""
    tells, cases = outlook.alike
    if tells is None:
        return markup("")
    return markup(
        "".join(
            f"<li>{translated(case.source or own)} {case.year}{translated('：')}"
            f"{spoken(said_of_case(case.then, tells, case.source))} → "
            f"{spoken(said_of_case(case.end, tells, case.source))}</li>"
            for case in cases
        )
    )
