"""The columns of a table's body: what stands in each, the heading cells over it, and whether the
two agree.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from perf_pipeline.documents.column_words import (
    Part,
    first_level_of,
    is_all_areas,
    is_area,
    is_first_level,
    names_level,
    of_other_term,
    part_of,
    promises,
    year_of,
)
from perf_pipeline.documents.heading import Heading
from perf_pipeline.documents.labels import label, squeeze
from perf_pipeline.documents.model import Cell
from perf_pipeline.domain.target import TargetKind
from perf_pipeline.domain.target_grammar import begins_with_sign, is_sign, parse_target
from perf_pipeline.domain.target_grammar.measure_words import is_measure_word

DONE = (Part.ACTUAL, Part.SCORE)
_PAST = re.compile("上年|上一年|去年|往年|历史|基期|前[一二三]?年")
_WHEN = re.compile("时[限间]|期限")
_NUMBER = re.compile(r"(?=.*\d)[\d,-]*\.?[\d,-]*")
_DONE = re.compile("已|全部完成|完成$|(?:基本|部分|未)?(?:达成|实现|完成)(?:预期|目标)|达到预期")
_BARE = re.compile(r"\s*(?:[≥≤<>=＝]|不|\d)")
_AREA_WITH_VALUE = re.compile("(.+?)((?:目标|指标|计划|实际|完成)值)")
_SORT = re.compile(r"\s*(?:定量|定性)(?:指标)?\s*$")  # not 定量包装商品抽检批次


@dataclass(frozen=True)
class Column:
    """A column of the body: its heading cells from top to bottom, and what stands below them."""

    at: int
    heading: tuple[Cell, ...]
    texts: tuple[str, ...]
    rows: int

    @cached_property
    def part(self) -> Part | None:
        """What the heading says: all its rows together, else the lowest that says something."""
        words = [cell.text for cell in self.heading]
        sure = part_of(words[-1]) if words else None
        if sure in (Part.UNIT, Part.OPERATOR):
            return sure
        whole = part_of("".join(map(label, words))) if len(words) > 1 else None
        return whole or next((p for w in reversed(words) if (p := part_of(w)) is not None), None)

    @cached_property
    def lowest(self) -> str:
        """The lowest heading; of a name written in two rows (青云 over 镇) the whole."""
        words = [cell.text for cell in self.heading]
        if len(words) < 2:
            return "".join(words)
        whole = "".join(words[-2:])
        named = is_all_areas(whole) or (is_area(whole) and not is_area(words[-1]))
        return whole if named else words[-1]

    @cached_property
    def term(self) -> str:
        """The heading that is of last year, half a year or several years; else empty."""
        return next((cell.text for cell in self.heading if of_other_term(cell.text)), "")

    @cached_property
    def year(self) -> int | None:
        """The year that a heading names."""
        return next((y for c in reversed(self.heading) if (y := year_of(c.text))), None)

    @property
    def is_promised(self) -> bool:
        """Whether a heading says that something is promised (目标, 计划)."""
        return any(promises(cell.text) for cell in self.heading)

    @property
    def is_of_past(self) -> bool:
        """Whether it is of an earlier year (上年, 基期)."""
        return any(_PAST.search(label(cell.text)) for cell in self.heading)

    @property
    def is_when(self) -> bool:
        """Whether it says when something is due (完成时限), which is no target's value."""
        return self.part is None and _WHEN.search(label(self.lowest)) is not None

    @property
    def is_done(self) -> bool:
        """Whether it holds what was reached, or its score."""
        return self.part in DONE

    def share(self, says: Callable[[str], object]) -> float:
        """Return the share of its texts of which something holds."""
        return sum(map(bool, map(says, self.texts))) / len(self.texts) if self.texts else 0.0

    @cached_property
    def targets(self) -> float:
        """The share of targets; a bare number, which may be a score, counts less."""
        return sum(map(_target_weight, self.texts)) / len(self.texts) if self.texts else 0.0

    @cached_property
    def signed(self) -> bool:
        """Whether a text begins with a sign (≥95%): what is done or weighed has none."""
        return any(map(begins_with_sign, self.texts))

    @cached_property
    def shapes(self) -> frozenset[tuple[str, str | None]]:
        """The kinds and units of its targets, by which areas beside each other are alike."""
        return frozenset((t.kind, t.unit) for t in map(parse_target, self.texts))

    @property
    def bare(self) -> bool:
        """Whether most texts are bare numbers: weights, scores, or values beside their units."""
        return self.share(is_number) >= 0.5

    @cached_property
    def names(self) -> float:
        """How much it looks like names: words, each another, in nearly every row."""
        words = {t for t in map(squeeze, self.texts) if not is_number(t) and not is_sign(t)}
        words = {t for t in words if not names_level(t)}
        density = len(self.texts) / self.rows if self.rows else 0.0
        return len(words) / len(self.texts) * (1 if density >= 0.7 else density) if words else 0.0


def body_columns(heading: Heading) -> tuple[Column, ...]:
    """Return the columns of the body: where cells begin, with what stands in them."""
    rows = [row for row in heading.body if len(row.filled) > 1] or list(heading.body)
    begins: dict[int, list[str]] = {}
    for row in rows:
        for cell in row.cells:
            fresh = begins.setdefault(cell.column, [])
            if cell.text.strip() and not cell.continues:
                fresh.append(cell.text)
    for head in heading.rows[-1:]:  # a form that nobody filled has its headings only
        for cell in head.cells:
            begins.setdefault(cell.column, [])
    if heading.rows:
        heads = {cell.column for row in heading.rows for cell in row.cells}
        begins = {at: texts for at, texts in begins.items() if texts or at in heads}
    over = _areas_lowest({at: heading.over(at) for at in begins})
    return tuple(Column(at, over[at], tuple(begins[at]), len(rows)) for at in sorted(begins))


def _areas_lowest(over: dict[int, tuple[Cell, ...]]) -> dict[int, tuple[Cell, ...]]:
    """Let 某县 over 目标值 | 实际值, or 某县目标值, head its columns as 目标值 over 某县 does."""
    over = {at: _area_apart(heads) for at, heads in over.items()}
    pairs = {at: heads for at, heads in over.items() if len(heads) > 1}
    other = (None, Part.REMARK)  # 其他, beside areas
    uppers = {heads[-2] for heads in pairs.values() if part_of(heads[-2].text) in other}
    if sum(is_area(upper.text) for upper in uppers) < 2:
        return over
    turned = {at: (*h[:-2], h[-1], h[-2]) for at, h in pairs.items() if h[-2] in uppers}
    return over | turned


def _area_apart(heads: tuple[Cell, ...]) -> tuple[Cell, ...]:
    found = _AREA_WITH_VALUE.fullmatch(label(heads[-1].text)) if heads else None
    if found is None or not is_area(found[1]):
        return heads
    return (*heads[:-1], heads[-1]._replace(text=found[2]), heads[-1]._replace(text=found[1]))


def best_of(
    columns: Sequence[Column], points: Callable[[Column], float], enough: float
) -> Column | None:
    """Return the column with the most points, if they are enough."""
    scored = [(points(column), column) for column in columns]
    best = max(scored, key=lambda each: each[0], default=None)
    return best[1] if best is not None and best[0] >= enough else None


def levels_of(columns: Sequence[Column]) -> dict[Part, Column]:
    """Find the columns of the first and second levels: by their words, else by their labels."""
    third = next(
        (c.at for c in columns if c.part is Part.LEVEL3 and c.share(names_level) < 0.5), 10**6
    )
    proven = [c for c in columns if c.at < third and c.share(names_level) >= 0.5][:2]
    if len(proven) == 2:
        return dict(zip((Part.LEVEL1, Part.LEVEL2), proven, strict=True))
    labelled = {c.part: c for c in reversed(columns) if c.part in (Part.LEVEL1, Part.LEVEL2)}
    if not proven:
        return {part: column for part, column in labelled.items() if part is not None}
    only = proven[0]
    if any(first_level_of(t) and not is_first_level(label(t), "") for t in only.texts):
        left = labelled.get(Part.LEVEL1)
        first = {Part.LEVEL1: left} if left is not None and left.at < only.at else {}
        return {**first, Part.LEVEL2: only}
    return {Part.LEVEL1: only}


def contradicted(columns: Sequence[Column], levels: Mapping[Part, Column]) -> bool:
    """Tell whether the body gives the headings the lie, so that none of them counts."""
    second, first = levels.get(Part.LEVEL2), levels.get(Part.LEVEL1)
    for column, others in (
        (first, (Part.LEVEL1, Part.OBJECTIVE, None)),  # 年度绩效目标 beside the whole table
        (second, (Part.LEVEL2, Part.LEVEL1, None)),
    ):
        if column is not None and column.share(names_level) and column.part not in others:
            return True
    shifted = second is not None and second.part is Part.LEVEL1
    if shifted and (first is None or first.part is not Part.LEVEL1):
        return True
    return _values_are_elsewhere(columns)


def _values_are_elsewhere(columns: Sequence[Column]) -> bool:
    """Tell whether targets stand where the headings say names, weights or nothing."""
    called = [c for c in columns if c.part is Part.VALUE]
    empty = bool(called) and not any(c.targets and not c.bare for c in called)
    for before, column in zip((None, *columns), columns, strict=False):
        if column.part in (Part.WEIGHT, Part.SCORE) and column.signed:
            return True
        clear = column.targets >= 0.6 and not column.bare
        if clear and empty and column.part in (None, Part.DESCRIPTION, Part.BASIS):
            return True
        if clear and column.part in (Part.LEVEL1, Part.LEVEL2) and column.share(_BARE.match) >= 0.6:
            return True  # not 产出指标50分
        if column.part is Part.LEVEL3 and before is not None and before.names >= 0.8:
            if column.share(is_measure_word) >= 0.6 or column.share(_SORT.match) >= 0.6:
                return True
            if column.targets >= 0.6:
                return before.targets < 0.3 and before.part in (None, Part.LEVEL1, Part.LEVEL2)
    return False


def groups_stand_between(columns: Sequence[Column], levels: Mapping[Part, Column]) -> bool:
    """Tell whether names with values stand between two columns of levels: groups side by side."""
    at = sorted(c.at for c in levels.values())
    between = [c for c in columns if len(at) > 1 and at[0] < c.at < at[1]]
    return any(c.names >= 0.8 for c in between) and any(c.targets >= 0.5 for c in between)


def left_out_are_others(every: Sequence[Column], columns: Sequence[Column]) -> bool:
    """Tell whether the half left out is of other levels, so that it is no 中期 of these."""
    halves = (columns, [c for c in every if c not in columns])
    kept, left = ({t for c in half for t in c.texts if names_level(t)} for half in halves)
    return bool(kept and left) and not kept & left


def is_unit(text: str) -> bool:
    """Tell whether a text can be the unit of a number."""
    plain = squeeze(text)
    if not 0 < len(plain) <= 6 or any(sign.isdigit() for sign in plain):
        return False
    return parse_target(f"1{plain}").unit == plain


def is_said_done(text: str) -> bool:
    """Tell whether a text says that something was reached: 已完成100%, 达成预期指标."""
    return _DONE.match(squeeze(text)) is not None


def is_number(text: str) -> bool:
    """Tell whether a text is a bare number."""
    return _NUMBER.fullmatch(squeeze(text)) is not None


def _target_weight(text: str) -> float:
    if parse_target(text).kind in (TargetKind.TEXT, TargetKind.YES_NO):
        return 0.0
    return 0.6 if is_number(text) else 1.0
