"""Lines of forms: rows of tables on their grid, each with its place; foot rows among them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

from perf_pipeline.documents.column_words import (
    ABOUT_INDICATORS,
    Part,
    level_in_front,
    names_level,
    part_of,
)
from perf_pipeline.documents.labels import label, squeeze
from perf_pipeline.documents.model import Cell, Row, Where

_FOOT = re.compile(
    r"(?:合计|总计|总分|小计|总得分|自评总分|评价等级|自评等级|填表人|填报人|填表说明|填报说明|注|说明|备注|"
    r"项目负责人|财务负责人|部门负责人|单位负责人|负责人|经办人|联系人|联系电话|审核人?|填报日期|填表日期|"
    r"评价结论|存在问题|改进措施|其他需要?说明的?(?:问题|事项)|主管部门审核意见|审核意见|财政部门.*|数据来源|"
    r".*(?:盖章|签章|签字)|.*(?:审核|初审)意见)"
)
_SEALED = re.compile(r"[(（](?:单位|部门)?(?:盖章|签章|签字|公章)[)）]|^(?:盖章|签字)")


@dataclass(frozen=True)
class Line:
    """A row of a form."""

    cells: Row
    where: Where
    loose: bool = False

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Each cell's bare label."""
        return tuple(label(cell.text) for cell in self.cells)

    @cached_property
    def filled(self) -> Row:
        """The cells that say something here: not empty, not merged from above."""
        return tuple(cell for cell in self.cells if cell.text.strip() and not cell.continues)

    @cached_property
    def parts(self) -> tuple[Part | None, ...]:
        """What a column headed as each cell would hold."""
        return tuple(part_of(cell.text) for cell in self.cells)

    @cached_property
    def about(self) -> frozenset[Part]:
        """Which of the columns of a table of indicators it heads."""
        return frozenset(part for part in self.parts if part in ABOUT_INDICATORS)

    @cached_property
    def level_alone(self) -> str:
        """The level that it names and nothing else, as in 一、产出指标; empty for another."""
        words = self.filled[0].text if len(self.filled) == 1 else ""
        return label(words) if names_level(words) else ""

    @cached_property
    def names_a_level(self) -> bool:
        """Whether a cell names a level, which 数量 | 单位 below 目标值 does not."""
        said = [cell.text for cell in self.cells if cell.text.strip()]
        levels = [text for text in said if names_level(text)]
        others = [text for text in said if text not in levels]
        bare = not any("指标" in text for text in levels)
        return bool(levels) and not (bare and others and all(map(part_of, others)))

    @cached_property
    def is_of_body(self) -> bool:
        """Whether it names a level and says something beside it."""
        said = [cell.text for cell in self.cells if cell.text.strip()]
        in_front = any(any(level_in_front(text)) for text in said)
        return len(said) > 1 and (self.names_a_level or in_front)

    @cached_property
    def is_foot(self) -> bool:
        """Whether it stands below the indicators of a form: sums, notes, signatures (表尾)."""
        filled = self.filled
        if not filled:
            return False
        first = filled[0].text
        if _FOOT.fullmatch(label(first)) or _SEALED.search(squeeze(first)):
            return True
        fields = [squeeze(cell.text).partition(":") for cell in filled]
        foot = [bool(colon and _FOOT.fullmatch(label(field))) for field, colon, _ in fields]
        return len(filled) <= 4 and (foot[0] or (any(foot) and all(f[1] for f in fields)))

    def with_level_below(self) -> tuple[Self, ...]:
        """Part 产出指标 | 指标值 | 说明 into a heading of names and the level of those below it."""
        first, *others = self.filled or (None,)
        headed = first is not None and names_level(first.text)
        parts = {part_of(cell.text) for cell in others} if headed else set()
        if first is None or Part.VALUE not in parts or None in parts:
            return (self,)
        heading = (cell._replace(text="三级指标") if cell is first else cell for cell in self.cells)
        return replace(self, cells=tuple(heading)), replace(self, cells=(first,))

    @property
    def text(self) -> str:
        """What the row says, for messages."""
        return " ".join(cell.text.strip() for cell in self.filled)

    def within(self, columns: range) -> list[Cell]:
        """Return the cells that begin in columns, else the one that reaches over the first."""
        begun = [cell for cell in self.cells if cell.column in columns]
        covering = None if begun else self.covering(columns.start)
        return [covering] if covering is not None else begun

    def covering(self, column: int) -> Cell | None:
        """Return the cell that covers a column of the grid."""
        for cell in self.cells:
            if cell.column <= column < cell.column + cell.width:
                return cell
        return None

    def under(self, upper: Cell) -> Row:
        """Return the cells that begin below a cell of an upper row."""
        end = upper.column + upper.width
        return tuple(cell for cell in self.cells if upper.column <= cell.column < end)

    def after(self, cell: Cell) -> Cell | None:
        """Return the cell to the right, past blanks that may be the rest of a merged one."""
        right = [each for each in self.cells if each.column > cell.column]
        if self.loose:
            right = [each for each in right if each.text.strip()] or right[:1]
        return right[0] if right else None

    def spread(self) -> Self:
        """Let each cell of a loose line reach over the blanks behind it."""
        if not self.loose or not self.filled:
            return self
        ends = [*(cell.column for cell in self.filled[1:]), self.cells[-1].column + 1]
        cells = (
            Cell(cell.text, cell.column, end - cell.column)
            for cell, end in zip(self.filled, ends, strict=True)
        )
        return replace(self, cells=tuple(cells))
