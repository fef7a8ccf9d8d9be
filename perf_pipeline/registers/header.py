"""Finding a register's header row, and which column is which."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache

from perf_pipeline.domain.errors import LayoutError, Place
from perf_pipeline.registers.cells import Cell
from perf_pipeline.registers.declaration import Column, ColumnType, Register, Words
from perf_pipeline.registers.grouped_heading import take_parted
from perf_pipeline.registers.headings import HeadingNames
from perf_pipeline.registers.headings import label_key as label_key
from perf_pipeline.registers.missing_columns import (
    days_lacking,
    is_wanted,
    missing,
    no_header,
    without,
)
from perf_pipeline.registers.proposals import Proposal, propose
from perf_pipeline.registers.units import names_foreign_money, unit_in_heading, without_unit

SEARCHED_ROWS = 20
PROMPTS = ("必填:", "选填:")  # how a template says what a column takes
NOTICE_WORDS = re.compile(r"模拟|演示|说明|示例|样例|虚构|测试|非真实|注:")


@dataclass(frozen=True)
class Known:
    """What is known of a file before it is opened, beside its register.

    `projects` are the department's (None: not known), `columns` what its 列对照表 says of headings
    (their key → the column's name, or "" for one that is not used), `sources` the source of funds
    of each project that has only one.
    """

    projects: Collection[str] | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)


NOTHING_KNOWN = Known()


@dataclass(frozen=True)
class Header:
    """Where the header ends (0-based row), and the position of each declared column in it.

    `rows` are its cells: one row, or two where merged cells spread it over two. The notice is
    what stands above it, where that says what the figures are (模拟数据): a mere title is none.
    `units` are those that headings of amounts name, by column or heading. `credit`, `balance` and
    `beside` (by position) are what stands beside the amount. `unused` are headings by position, of
    which `ignored` are told; `taken` are proposals that were sure.
    """

    row: int
    rows: tuple[Sequence[Cell], ...]
    positions: dict[str, int]
    ignored: tuple[str, ...]
    notice: str | None
    units: Mapping[str, str] = field(default_factory=dict)
    credit: int | None = None
    balance: int | None = None
    beside: Mapping[int, Words] = field(default_factory=dict)
    unused: Mapping[int, str] = field(default_factory=dict)
    taken: tuple[Proposal, ...] = ()

    @property
    def width(self) -> int:
        """Number of columns that the header spans."""
        return max(map(len, self.rows))

    def heading(self, position: int) -> str:
        """Return the text of a column's heading."""
        cells = (row[position] for row in reversed(self.rows) if position < len(row))
        return next((str(cell).strip() for cell in cells if label_key(cell)), "")


def find_header(
    grid: Sequence[Sequence[Cell]], declared: Register, place: Place, known: Known | None = None
) -> Header:
    """Find the row, or the two rows, that name most columns, among the first twenty.

    Merged cells leave a label in the upper of two rows (凭证号 over both) or under a heading
    (支付信息 over 日期 and 金额): then both rows together are the header. Raises LayoutError when
    no row is a header; or when one is, and lacks a required column or has one twice: then the
    error's place has that row.
    """
    known = known or Known()
    names = HeadingNames(declared, known.columns)
    best, hits, height = 0, 0, 1
    searched = grid[:SEARCHED_ROWS]
    named = [(_hits(row, names), _credits(row, declared)) for row in searched]
    for lines in (1, 2):
        for number in range(len(searched) - lines + 1):
            rows = grid[number : number + lines]
            # a row of data may hold a label by chance, hardly two, nor nothing else
            below, credits = named[number + lines - 1]
            below += credits
            told = below > 1 or (below == lines - 1 == sum(bool(label_key(c)) for c in rows[-1]))
            found = _hits(_joined(rows, names), names) if told else 0
            # 发生额 over 借方 and 贷方: the lower row tells the two apart, unless it tells all
            apart = lines > 1 and credits and best == number and height == 1
            # a heading that is repeated on each page is no other than the first
            first = number + lines < best + height and best != number + 1
            if found > hits or (found == hits and (apart or first)):
                best, hits, height = number, found, lines
    if hits < min(2, len(declared.columns)):
        raise no_header(grid, declared, known.projects, SEARCHED_ROWS, place)
    header = tuple(grid[best : best + height])
    last = best + height - 1
    where = _row(place, last)
    labels_found = _joined(header, names)
    positions, units, rest = _placed(labels_found, declared, names, where)
    rows = grid[best : last + 2]
    last = max(
        last, best + take_parted(rows, declared, names, positions, units, rest, labels_found, where)
    )
    header = tuple(grid[best : last + 1])
    credit, balance, beside = _beside(declared, rest, where)
    unknown = {at: text for at, text in rest.items() if at not in {credit, balance, *beside}}
    unknown = {at: text for at, text in unknown.items() if not names.is_unused(text)}
    if credit is not None and (unit := unit_in_heading(rest[credit])):
        units[rest[credit]] = unit
    lacking = without(declared, positions)
    days = [each for each in days_lacking(declared, positions) if each not in lacking]
    under = grid[last + 1 :]
    taken: list[Proposal] = []
    proposals = propose([*lacking, *days], unknown, under, known.projects)
    spared = [c for c in declared.columns if c.may_lack and c.name not in positions]
    for sought in (proposals, propose(spared, unknown, under, known.projects)):
        for each in (each for each in sought if each.sure and each.position in unknown):
            taken.append(each)
            positions[each.column] = each.position
            if unit := unit_in_heading(each.heading):
                units[each.column] = unit
            unknown.pop(each.position)
    _refuse_other_money(declared, positions, labels_found, where)
    _refuse_parted(declared, positions, unknown, where)
    asked = {each.column for each in proposals if not each.sure}
    lacking = without(declared, positions) + [each for each in days if each.name in asked]
    if lacking:
        absent = [c for c in declared.columns if c in lacking or is_wanted(c, positions)]
        raise missing(absent, unknown, proposals, labels_found, where)
    return Header(
        last,
        header,
        positions,
        tuple(text for at, text in rest.items() if at in unknown or names.is_unused(text)),
        _notice(grid[:best], declared),
        units,
        credit,
        balance,
        beside,
        unknown,
        tuple(taken),
    )


def _placed(
    labels: Sequence[Cell], declared: Register, names: HeadingNames, where: Place
) -> tuple[dict[str, int], dict[str, str], dict[int, str]]:
    """Return the declared columns' positions, the units of their headings, and all the rest."""
    positions: dict[str, int] = {}
    units: dict[str, str] = {}
    rest: dict[int, str] = {}
    for position, cell in enumerate(labels):
        name = names.of(cell)
        if name is not None and name not in positions:
            positions[name] = position
            money = declared.column(name).type is ColumnType.MONEY
            # amount_fen names its unit as plainly as 金额（分）
            fen = "分" if label_key(cell) == label_key(name) and name.endswith("_fen") else None
            if money and (unit := fen or unit_in_heading(str(cell))):
                units[name] = unit
        elif (
            name is not None
            and (
                declared.amount is not None
                or names.is_near(cell) != names.is_near(labels[positions[name]])
            )
            and names.rank(cell) != names.rank(labels[positions[name]])
        ):
            # a ledger's 支付日期 beside 清算日期: the one declared first is meant, the other told
            here, there = position, positions[name]
            if names.rank(cell) < names.rank(labels[there]):
                positions[name], here = here, there
            rest[here] = str(labels[here]).strip()
        elif name is not None:
            first = str(labels[positions[name]]).strip()
            raise LayoutError(
                f"列“{str(cell).strip()}”出现了两次，或与“{first}”说的是同一项，不知用哪一列；"
                "请只留一列，或在列对照表里写明",
                where,
            )
        elif label_key(cell):
            rest[position] = str(cell).strip()
    return positions, units, rest


def _beside(
    declared: Register, rest: Mapping[int, str], where: Place
) -> tuple[int | None, int | None, dict[int, Words]]:
    """Find what stands beside the amount: a second amount, a balance, columns of words."""
    meaning = declared.amount
    if meaning is None:
        return None, None, {}
    credit = [at for at, text in rest.items() if _is_one_of(text, meaning.credit)]
    balance = [at for at, text in rest.items() if _ends_with(text, meaning.balance)]
    if len(credit) > 1:
        named = "”“".join(rest[at] for at in credit)
        raise LayoutError(f"列“{named}”都像是要减去的金额，不知用哪一列；请在列对照表里写明", where)
    beside: dict[int, Words] = {}
    for at, text in rest.items():
        exact = [words for words in meaning.beside if _is_one_of(text, words.labels)]
        near = [words for words in meaning.beside if _ends_with(text, words.labels)]
        if found := exact or near:
            beside[at] = found[0]
    return next(iter(credit), None), next(iter(balance), None), beside


def _is_one_of(text: str, labels: Collection[str]) -> bool:
    return _flag_key(text) in _keys(tuple(labels))


@cache
def _keys(labels: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(_flag_key, labels))


@lru_cache(maxsize=4_096)
def _flag_key(text: str) -> str:
    """Reduce a heading; 借贷标记, 借贷标识 and 借贷标志 are one."""
    return re.sub("标[记识示]$", "标志", label_key(without_unit(text)))


def _ends_with(text: str, labels: Collection[str]) -> bool:
    key = label_key(without_unit(text))
    return any(len(label) > 1 and key.endswith(label_key(label)) for label in labels)


def _refuse_other_money(
    declared: Register, positions: Mapping[str, int], labels: Sequence[Cell], where: Place
) -> None:
    for column in declared.columns:
        if column.type is not ColumnType.MONEY:
            continue
        heading = labels[positions[column.name]] if column.name in positions else None
        if heading is None and column.required:  # Amount (USD), and no other amount
            heading = next((h for h in labels if h and _is_foreign_amount(h, column)), None)
        if heading and declared.amount and column.required and "累计" in str(heading):
            raise LayoutError(
                f"列“{heading}”是年初以来的累计数，不是各笔支付；请改交各笔支付", where
            )
        if heading and names_foreign_money(str(heading)):
            raise LayoutError(f"列“{heading}”不是人民币金额，不能按元读；请换算后重交", where)


def _is_foreign_amount(heading: Cell, column: Column) -> bool:
    bare = re.split(r"[(（]", str(heading))[0]
    said = label_key(bare) in map(label_key, (column.label, *column.aliases))
    return said and names_foreign_money(str(heading))


def _refuse_parted(
    declared: Register, positions: Mapping[str, int], unknown: Mapping[int, str], where: Place
) -> None:
    for column in declared.columns if unknown else ():
        parts = [text for text in unknown.values() if _is_one_of(text, column.parted_by)]
        if parts and column.name in positions:
            named = "”“".join(parts)
            raise LayoutError(
                f"“{named}”与“{column.label}”分列，不知后者含不含前者；"
                f"请合计成“{column.label}”一列，或在列对照表里写明不用哪一列",
                where,
            )


def _joined(rows: Sequence[Sequence[Cell]], names: HeadingNames) -> list[Cell]:
    """Read one or two rows as one: the lower cell where it is a label, else the upper one."""
    upper, *lower = rows
    joined = list(upper)
    for row in lower:
        joined += [None] * (len(row) - len(joined))
        for position, cell in enumerate(row):
            if names.of(cell) is not None or not label_key(joined[position]):
                joined[position] = cell
    return joined


def _hits(row: Sequence[Cell], names: HeadingNames) -> int:
    return len({name for cell in row if (name := names.of(cell)) is not None})


def _credits(row: Sequence[Cell], declared: Register) -> int:
    credit = declared.amount.credit if declared.amount else ()
    return sum(_is_one_of(str(cell), credit) for cell in row if cell)


def _notice(above: Sequence[Sequence[Cell]], declared: Register) -> str | None:
    """Return what stands above the header where it says more than title and a template's words."""
    cells = [cell for row in above for cell in row if label_key(cell)]
    said = [cell for cell in cells if not label_key(cell).startswith(PROMPTS)]
    text = " ".join(str(cell).strip() for cell in said)
    telling = label_key(text).replace(label_key(declared.label), "")
    return text if NOTICE_WORDS.search(telling) else None


def _row(place: Place, row: int) -> Place:
    return Place(place.file, place.sheet, row + 1)
