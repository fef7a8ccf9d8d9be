"""What pages hold hundreds of times: values of rows under their columns' names, as markup.

Written straight, since a template takes three times as long; templates call these as filters.
Columns come from the declaration of the row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache

from markupsafe import Markup, escape

from perf_pipeline.domain.status import LIGHT_LABELS, STATUS_LABELS, Light, Status
from perf_pipeline.items.noted import Noted
from perf_pipeline.monitoring.outlook.told import said as said_of_case
from perf_pipeline.reports.cells import NONE, in_table, known, nothing
from perf_pipeline.reports.foretold import Outlook
from perf_pipeline.reports.handling import Rule
from perf_pipeline.reports.matters import Matter
from perf_pipeline.reports.model import IndicatorLine
from perf_pipeline.reports.page_words import (
    markup,
    spoken,
    spoken_clauses,
    translated,
    translated_attribute,
)
from perf_pipeline.reports.site.model import Judged
from perf_pipeline.warehouse.judgements import Explained, IndicatorResult, SpendingResult
from perf_pipeline.warehouse.result import Result, Show

LABELS: dict[str, str] = {str(word): label for word, label in LIGHT_LABELS.items()} | {
    str(word): label for word, label in STATUS_LABELS.items()
}
# the gravest first: what tables are sorted by
GRAVITY: dict[str | None, int] = {
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
NO_WORD, OWN_YEARS, COLON, STOP = "没有评价", "本身往年", "：", "。"
PAST, TRACED, NUMBERED, COMMA = "历次", "追溯号", "编号", "，"
ADVICE, UNEXPLAINED, BEFORE, SINCE = "建议", "（待说明原因）", "{0}前", "自{0}起"
CAUSE, MEASURES, HINT, AHEAD = "偏差原因", "改进措施", "系统提示", "全年预计"
_NOTHING = f'<span class="none">{NONE}</span>'
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


def strip(words: Iterable[Judgement | None], labels: Sequence[str]) -> Markup:
    """Return the judgements of checkpoints side by side."""
    marks = (_past(*each) for each in zip(words, labels, strict=True))
    return markup(f'<span class="strip">{"".join(marks)}</span>')


def _past(word: Judgement | None, label: str) -> str:
    at = translated(label)
    if not word:
        said = f'–<span class="vh">{at} {translated(NO_WORD)}</span>'
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
    """Return a row's cells in a table whose heads say the units."""
    return _cells(row, where, NUMBER, _in_table)


def told_cells(row: Result) -> Markup:
    """Return a row's cells in a table whose figures have each a unit of its own."""
    return _cells(row, "HEAD", "", _told)


def _cells(row: Result, where: str, look: str, write: Callable[[Result, str], str]) -> Markup:
    words = row.words
    starts = _starts(type(row), where, look)  # type: ignore[arg-type]  # classes are hashable
    return markup(
        "".join(
            f"{start}{mark(getattr(row, name)) if name in words else write(row, name)}</td>\n"
            for name, start in starts
        )
    )


@cache
def _starts(row: type[Result], where: str, look: str) -> list[tuple[str, str]]:
    """Return the columns that people meet in a place, each with how its cells begin."""
    return [
        (name, f'<td data-column="{name}">')
        if name in row.words
        else (
            name,
            f'<td{look} data-column="{name}" {translated_attribute(of.label, "data-label")}>',
        )
        for name, of in row.shown(Show[where]).items()
    ]


def _in_table(row: Result, name: str) -> str:
    if getattr(row, name) is not None:
        return spoken(in_table(row, name))
    said = nothing(row.columns[name])
    return f'<span class="none">{said if said == NONE else translated(said)}</span>'


def _told(row: Result, name: str) -> str:
    return _NOTHING if getattr(row, name) is None else spoken(row.told(name))


def sorted_cell(row: Result | None, name: str) -> Markup:
    """Return a figure's cell in a table that is sorted by it."""
    value = None if row is None else getattr(row, name)
    said = _NOTHING if row is None or value is None else escape(in_table(row, name))
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


def judged_cell(judged: Judged | None) -> Markup:
    """Return the cell of a judgement at a checkpoint, a link to its figure's source rows."""
    if judged is None:
        said = f'<span class="none">{translated(NO_WORD)}</span>'
        return markup(f'<td class="cell" data-v="99">{said}</td>')
    word, row, actual = judged.judgement, judged.row, judged.actual
    reached = f'<b data-column="{judged.actual_column}">{spoken(actual)}</b>' if actual else ""
    said = f'<span data-column="{judged.column}">{translated(LABELS[word])}</span>{reached}'
    return markup(
        f'<td class="cell {word.value}" data-row="{row.address}" data-v="{GRAVITY[word]}">'
        f'<a href="#{escape(row.figure)}">{icon(word)}{said}</a></td>'
    )


def indicator_row(line: IndicatorLine, labels: Sequence[str], sources: str) -> Markup:
    """Return an indicator's row in a table; `sources` is the page that has its source rows."""
    figure, past = line.figure, translated_attribute(PAST, "data-label")
    number = f'class="figure-id" {translated_attribute(TRACED, "data-label")}'
    return markup(
        f'<tr id="{figure}" data-row="{line.address}">\n'
        f'<th scope="row">{indicator_name(line)}</th>\n'
        f"{told_cells(line)}<td {past}>{strip(line.history, labels)}</td>\n"
        f'<td class="why">{why(line)}{facts(line, "FACT")}</td>\n'
        f'<td {number}><a href="{escape(sources)}#{figure}">{figure}</a></td>\n</tr>\n'
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


def matter(of: Matter) -> Markup:
    """Return a matter (事项) of a list: what it is, why, what is advised, since when it stands."""
    judged = mark(of.judgement) if of.judgement else ""
    subject = spoken(of.subject)
    what = f'<a href="#{of.line.figure}">{subject}</a>' if of.line else subject
    reasons = f"{translated(COMMA)}".join(map(spoken, of.reasons))
    unsaid = translated(UNEXPLAINED) if of.unexplained else ""
    advised = _advised(of.advice) if of.advice else ""
    return markup(
        f'<li>\n<span>{judged}</span>\n<div><p class="what">{what}</p>\n'
        f'<p class="why">{reasons}{unsaid}</p>\n{advised}</div>\n'
        f'<span class="since">{_noted(of.noted)}{translated(SINCE, of.since)}</span>\n</li>\n'
    )


def _advised(advice: Rule) -> str:
    said = f"{translated(advice.action)}{translated(COLON)}{spoken(advice.text)}"
    return f'<p class="advice"><b>{translated(ADVICE)}</b> {said}</p>'


def _noted(noted: Noted | None) -> str:
    if noted is None:
        return ""
    due = noted.due_on and f"<b>{translated(BEFORE, noted.due_on.isoformat())}</b><br>"
    number = f"{translated(NUMBERED)} {noted.number} · {translated(noted.label)}<br>"
    return f"{number}{due or ''}"


def why(row: SpendingResult | IndicatorResult) -> Markup:
    """Return the sentences about a result: why, what else, what staff and data say, what is ahead.

    Where the year will end is told of a report's lines, with what the forecast rests on.
    """
    outlook: Outlook | None = getattr(row, "outlook", None)
    told = [_sentence(row, "reason")]
    if row.note:
        told.append(f'<span class="sub" data-column="note">{spoken_clauses(row.note)}</span>')
    if outlook:
        told.append(
            f'<span class="sub" data-row="{outlook.address}">{_label(AHEAD)}'
            f"{_sentence(outlook, 'reason')}</span>"
        )
    if row.said:
        told.append(f'<span class="sub">{_explained(row)}</span>')
    if row.hint:
        hint = f'<span data-column="hint">{spoken_clauses(row.hint)}</span>'
        told.append(f'<span class="sub">{_label(HINT)}{hint}</span>')
    if outlook:
        told.append(_alike(outlook))
    return markup("".join(told))


def _sentence(row: Result, name: str) -> str:
    return f'<span data-column="{name}">{spoken(getattr(row, name))}</span>'


def _label(word: str) -> str:
    return f"{translated(word)}{translated(COLON)}"


def _explained(row: Explained) -> str:
    words = f'<span data-column="cause_words">{escape(row.cause_words)}</span>'
    said = f"<b>{translated(CAUSE)}</b> {_sentence(row, 'cause')}{translated(COLON)}{words}"
    if not row.cause_measures:
        return said
    measures = f'<span data-column="cause_measures">{escape(row.cause_measures)}</span>'
    return f"{said}{translated(STOP)}{_label(MEASURES)}{measures}"


def _alike(outlook: Outlook) -> str:
    """Return how cases like this one went, own years first: what the forecast rests on."""
    tells, cases = outlook.alike
    if tells is None or not cases:
        return ""
    count = translated("相似情况{0}个", len(cases))
    summary = f"{count}{translated(COLON)}{translated(tells.label)}"
    listed = "".join(
        f"<li>{translated(case.source or OWN_YEARS)} {case.year}{translated(COLON)}"
        f"{spoken(said_of_case(case.then, tells, case.source))} → "
        f"{spoken(said_of_case(case.end, tells, case.source))}</li>"
        for case in cases
    )
    return (
        f'<details class="similar" data-row="{outlook.address}"><summary>{summary}</summary>\n'
        f'<ul data-column="similar_cases">{listed}</ul></details>'
    )
