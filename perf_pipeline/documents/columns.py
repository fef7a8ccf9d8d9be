"""What each column of a table of indicators holds: its body says so, its heading confirms.

For each column and each part that it may be, the points for and against are added up (`_name`,
`_value`); the best column above zero is taken. A new layout is added by one more line of points,
with a form that shows it among the tests: docs/decisions/layouts.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from perf_pipeline.documents.body_columns import (
    DONE,
    Column,
    best_of,
    body_columns,
    contradicted,
    groups_stand_between,
    left_out_are_others,
    levels_of,
)
from perf_pipeline.documents.column_words import (
    LEVELS,
    NAMES_INSTEAD,
    Part,
    level_in_front,
    names_level,
)
from perf_pipeline.documents.heading import (
    Heading,
    find_heading,
    heads_names_and_targets,
    without_heading,
)
from perf_pipeline.documents.labels import label
from perf_pipeline.documents.lines import Line
from perf_pipeline.documents.several_columns import (
    area_columns,
    figures_and_words,
    filling_up,
    has_several_signs_or_units,
    revised_among,
)
from perf_pipeline.documents.value_columns import (
    done_in_other_years,
    is_other_promise,
    one_term,
    signs_among,
    term_of,
    unit_in_heading,
    units_among,
    values_among,
    whole_width,
    without_parts,
)
from perf_pipeline.domain.target_grammar import find_values

_BY_LABEL = (
    *(Part.PROJECT, Part.UNIT_NAME, Part.OBJECTIVE, Part.AMOUNT),
    *(Part.DESCRIPTION, Part.BASIS, Part.ACTUAL, Part.OUTLOOK, Part.SCORE, Part.REMARK),
)
_SEVERAL = (Part.REASON, Part.LIKELIHOOD)  # one thing said in several columns
_OF_LIST = (Part.PROJECT, Part.UNIT_NAME, Part.OBJECTIVE, Part.AMOUNT)
_SURE = 6
_NOTES = (Part.REMARK, Part.BASIS, Part.DESCRIPTION)
_FILLED = (*DONE, Part.OUTLOOK, Part.WEIGHT)
_NEVER = -20
# what a column called otherwise is worth as the names and as the values of indicators
_AS_NAMES = {None: 0, Part.LEVEL3: 8, Part.LEVEL2: 0, Part.DESCRIPTION: -1, Part.LEVEL1: -1}
_AS_NAMES |= {Part.BASIS: -2}


@dataclass(frozen=True)
class Header:
    """Where the columns of a table of indicators stand.

    `columns` give for each part the grid columns from which on it reaches. `subs` are the labels
    below a heading that spans several columns (经费保障, 确定能). `areas` are columns of targets of
    their own: an area (东街镇) or another term (中期). `lines` is how many rows the heading takes.
    `guessed` tells that a column was taken by likeness, `doubtful` that two are as likely to hold
    the values, so that none is taken. `midterm` are the names' columns of a
    second set of indicators beside the year's (中期指标).
    """

    columns: Mapping[Part, tuple[range, ...]]
    lines: int
    subs: Mapping[int, str] = field(default_factory=dict)
    areas: tuple[tuple[range, str], ...] = ()
    guessed: bool = False
    doubtful: bool = False
    midterm: tuple[int, ...] = ()
    amount: str = ""  # how the amounts are headed, unit and all
    unit: str = ""  # of the values, as their heading says in brackets: （万元）
    done: frozenset[Part] = frozenset()  # which of 完成值 and 得分 stand there, each area's too


PACKED = Header({Part.LEVEL3: (range(1),)}, 0, guessed=True)  # several indicators in one cell


def read_header(
    lines: Sequence[Line], at: int, year: int | None = None, *, by_labels: bool = False
) -> Header | None:
    """Return the header whose first row is a line, or None where none begins there.

    Of columns for several years that of `year` is read, else the last one's.
    """
    heading = find_heading(lines, at, by_labels=by_labels)
    return _header(heading, year) if heading is not None else None


def header_of_body(lines: Sequence[Line], at: int) -> Header | None:
    """Return what the columns of a body hold that begins at a line and has no heading."""
    heading = without_heading(lines, at)
    return _header(heading, None) if heading is not None else None


def header_of_rows(heading: Line | None, rows: Sequence[Line]) -> Header | None:
    """Return what the columns of rows hold that are known to be indicators, by their body."""
    return _header(Heading((heading,) if heading else (), tuple(rows)), None, known=True)


def _header(heading: Heading, year: int | None, *, known: bool = False) -> Header | None:
    every = body_columns(heading)
    columns, midterm, blank = one_term(every, heading.upper)
    levels = levels_of(columns)
    trusted = not contradicted(columns, levels)
    name = _names(columns, levels, trusted)
    if name is None:
        return None
    if Part.LEVEL2 not in levels and trusted:
        second = next((c for c in columns if c.part is Part.LEVEL2 and c.at < name.at), None)
        levels = levels if second is None else {**levels, Part.LEVEL2: second}
    if not known and not _is_table_of_indicators(heading, columns, levels, name):
        return None
    found: dict[Part, list[Column]] = {part: [column] for part, column in levels.items()}
    found[Part.LEVEL3] = [name]
    right = _beside(name, columns, levels, trusted)
    revised = revised_among(right, trusted, year)
    pair = figures_and_words(right) if trusted else ()
    right = [c for c in right if c not in (*revised, *pair[1:])]
    areas = area_columns(right, trusted)
    names = {label(c.lowest) for c in areas}
    rest = [c for c in right if label(c.lowest) not in names]
    sign = signs_among(rest if right else columns, trusted)
    unsigned = [c for c in rest if c is not sign]
    value, doubtful = values_among(unsigned, sign, year, trusted, bool(areas))
    noted = [c for c in rest if c.part in _NOTES]
    if trusted and value in noted and all(_name_bounds(name)):
        value = None  # 合格率≥95% | 力争98%: the names say the targets, the notes more of them
    unit = units_among(unsigned, value, trusted)
    for part, column in ((Part.OPERATOR, sign), (Part.VALUE, value), (Part.UNIT, unit)):
        if column is not None:
            found[part] = list(pair) if column in pair else [column]
    if revised:
        found[Part.REVISED] = revised
        doubtful = doubtful or bool(areas) or has_several_signs_or_units(right, value, *revised)
    words = None if pair or areas else filling_up(value, rest, heading)
    if value is not None and words is not None:
        found[Part.VALUE] = [value, words]
    taken = [each for group in found.values() for each in group] + areas
    other_terms: list[Column] = []
    of_others = done_in_other_years(columns, value, year)
    if trusted:
        other_terms = [c for c in rest if c not in taken and is_other_promise(c, value)]
        ours = [c for c in columns if label(c.lowest) not in names]
        ours = [c for c in ours if c not in taken and c not in of_others]
        _by_label(without_parts(ours), name, found)
    ends = [c.at for c in every[1:]] + [every[-1].at + 1]
    span = {c.at: range(c.at, end) for c, end in zip(every, ends, strict=True)}
    if value is not None:
        span[value.at] = whole_width(value, every, taken, span)
    guessed = not trusted or not heading.rows or not _is_called(name)
    before = [c for c in columns if c.at < name.at and c.part is None]
    guessed = guessed or any(c.names >= 0.9 and len(c.texts) == c.rows > 1 for c in before)
    told = [c for c in rest if c.part in _FILLED or c.is_of_past or c.is_when]
    told += noted if trusted and all(_name_bounds(name)) else []
    if value is None and any(c.targets >= 0.3 and c not in told for c in [*rest, *before]):
        guessed = doubtful = True
    if groups_stand_between(columns, levels) or left_out_are_others(every, columns):
        guessed = doubtful = True
    unsure = value is None or value.part is not Part.VALUE
    guessed = guessed or (unsure and any(_may_go_on(c, value) for c in rest))
    if value is not None and value.bare and sign is None and _name_other_bounds(name, value):
        doubtful = True  # 水质优良率不低于90% | 30: what stands beside is its weight
    if any(c.part in (Part.OPERATOR, Part.UNIT) and label(c.lowest) in names for c in right):
        doubtful = True  # each area's own sign or unit beside its target
    called = {c.at: label(c.lowest) for c in columns if len(c.heading) > 1}
    amounts = [c.lowest for c in found.get(Part.AMOUNT, ())]
    return Header(
        {part: tuple(span[c.at] for c in group) for part, group in found.items()},
        len(heading.rows),
        called,
        (
            *((span[c.at], label(c.lowest)) for c in areas),
            *((span[c.at], term_of(c)) for c in other_terms),
        ),
        guessed or (value is not None and value.part is not Part.VALUE and value.targets < 0.5),
        doubtful or blank or len(names) < len(areas),
        midterm,
        amounts[0] if amounts else "",
        unit_in_heading(value, *areas) if trusted else "",
        frozenset(c.part for c in right if c.part in DONE and c not in of_others),
    )


def _beside(
    name: Column, columns: Sequence[Column], levels: Mapping[Part, Column], trusted: bool
) -> list[Column]:
    """Return the columns that may hold the values: those behind the names, else all.

    All, where some called 指标值 stand before the names: what stands behind may be 全省平均.
    """
    others = [c for c in columns if c is not name and c not in levels.values()]
    right = [c for c in others if c.at > name.at]
    before = [c for c in others if c.at < name.at and c.targets >= 0.5]
    if trusted and any(c.part is Part.VALUE for c in before):
        return others
    clear = any(c.signed for c in before) and not any(c.targets for c in right)
    return others if clear else right


def _names(
    columns: Sequence[Column], levels: Mapping[Part, Column], trusted: bool
) -> Column | None:
    """Find the column of the indicators' names."""
    last = max((c.at for c in levels.values() if c.share(names_level)), default=-1)
    called = [c for c in columns if c.part is Part.LEVEL3]
    if trusted and called and all(c.at > called[0].at for c in levels.values()):
        last = -1  # levels behind their indicators
    ours = [c for c in columns if c.at > last and c not in levels.values()]
    called = [c for c in called if c in ours]
    if trusted and called:
        fourth = (c for c in ours if c.heading and c.names >= 0.8)
        fourth = (c for c in fourth if any(label(h.text).startswith("四级") for h in c.heading))
        return next((c for c in fourth if len(c.texts) == c.rows), called[0])
    values = max((c.at for c in columns if c.part is Part.VALUE), default=10**6)
    full = [c for c in ours if len(c.texts) == c.rows and c.names >= 0.9 and c.targets < 0.3]

    def points(column: Column) -> float:
        word = label(column.lowest)
        before = (c for c in full if c.at < column.at and c.part not in LEVELS)
        named = any("指标" in label(c.lowest) for c in before)  # 指标项 | 指标内容, not 责任科室
        instead = 0 if named else NAMES_INSTEAD.get(word, 0)
        said = _AS_NAMES.get(column.part, _NEVER) + instead if trusted else 0
        first = 2 if column is next((c for c in ours if c.names >= 0.5), None) else 0
        sparse = -2 if column.part is Part.LEVEL2 and len(column.texts) < 0.7 * column.rows else 0
        if len(column.texts) < column.rows and any(c.at > column.at for c in full):
            sparse -= 4  # a level merged over some rows, beside which the names are whole
        if trusted and column.at > values:
            sparse -= 8
        side = _NEVER if len(set(column.texts)) < 2 <= column.rows and not column.names else 0
        return 4 * column.names + first + said + sparse + side - 3 * column.targets

    return best_of(ours, points, 1)


def _may_go_on(column: Column, value: Column | None) -> bool:
    """Tell whether a column may hold the values that the one taken for them leaves blank."""
    if column is value or not column.texts:
        return False
    blank = value is not None and len(value.texts) + len(column.texts) <= value.rows
    return column.part is None or (blank and column.part is Part.DESCRIPTION)


def _name_bounds(name: Column) -> list[bool]:
    """Tell which names end with a target of their own: 开展巡查≥520次."""
    return [any(v.bounded and v.end == len(t) for v in find_values(t)) for t in name.texts]


def _name_other_bounds(name: Column, value: Column) -> bool:
    """Tell whether most names end with a target of their own that is not their value."""
    bounds = _name_bounds(name)
    same = len(name.texts) == len(value.texts) and all(
        said in text or not bound
        for text, said, bound in zip(name.texts, value.texts, bounds, strict=True)
    )
    return 2 * sum(bounds) >= len(bounds) > 0 and not same


def _is_called(name: Column) -> bool:
    return name.part is Part.LEVEL3 or NAMES_INSTEAD.get(label(name.lowest), 0) >= _SURE


def _is_table_of_indicators(
    heading: Heading, columns: Sequence[Column], levels: Mapping[Part, Column], name: Column
) -> bool:
    """Tell a table of indicators from one of money or of people: levels, or enough labels."""
    in_front = name.share(lambda text: any(level_in_front(text))) >= 0.5
    if in_front or (any(c.share(names_level) for c in levels.values()) and heading.body):
        right = [c for c in columns if c.at > name.at]
        return (bool(right) and heading.body[0].is_of_body) or len(_parts(columns)) > 2
    parts = _parts(columns)
    if any(heads_names_and_targets(row, heading.body) for row in heading.rows):
        return True
    if any(row.level_alone for row in heading.body[:1]):
        return len(parts | {Part.LEVEL3}) > 1
    if not _is_called(name) and not (heading.body and heading.body[0].labels and levels):
        return False
    enough = parts & {Part.VALUE, Part.ACTUAL, Part.OPERATOR, Part.LEVEL2}
    return len(parts) > 2 and bool(enough) and bool(parts & {Part.LEVEL1, Part.LEVEL2, Part.LEVEL3})


def _parts(columns: Iterable[Column]) -> set[Part]:
    return {c.part for c in columns if c.part is not None}


def _by_label(columns: Sequence[Column], name: Column, found: dict[Part, list[Column]]) -> None:
    first = min(group[0].at for part, group in found.items() if part in LEVELS)
    for column in columns:
        if (part := column.part) is None or (column.at < first and part not in _OF_LIST):
            continue
        if part in _SEVERAL:
            found.setdefault(part, []).append(column)
        elif part is Part.WEIGHT and column.at > name.at:
            found[part] = [column]  # those before are of the levels above
        elif part in _BY_LABEL and (part not in found or not found[part][0].texts):
            found[part] = [column]
