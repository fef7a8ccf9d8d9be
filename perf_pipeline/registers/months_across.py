"""Months as columns (分月表), and a month's sum without its day (本月数): a payment each.

A row of a project or payee has a column for each month (1月 … 12月, 2024-01) or quarter; or one for
本月 and one for the year so far, whose day stands in the title alone. Both become rows with a day
and an amount. A month is paid on its last day; a cell that shows nothing pays nothing. What sums up
others (合计, 上半年) must equal them, or the file waits; the year so far (累计) is no payment: it
stays in a column of its own, for the ledger to tell of.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import islice, pairwise
from pathlib import Path

from perf_pipeline.domain.calendar import month_end
from perf_pipeline.domain.errors import LayoutError, Place
from perf_pipeline.registers.captions import texts
from perf_pipeline.registers.cells import Cell, is_blank, shown
from perf_pipeline.registers.declaration import Register
from perf_pipeline.registers.files import OpenedSheet, Row
from perf_pipeline.registers.habits import MONTHS, a_day
from perf_pipeline.registers.header import SEARCHED_ROWS, Known, label_key
from perf_pipeline.registers.headings import OF_MONTH, PAID, HeadingNames, Months, part_of_year
from perf_pipeline.registers.lines import called
from perf_pipeline.registers.units import one_unit, unit_in_heading, with_digits, without_unit

MOST_ROWS = 20_000  # such a table is a summary: a longer one is none
SO_FAR = "表上累计"  # heads the column of the year so far
_MONTHS = re.compile(
    rf"(?:(?P<year>(?:20)?\d\d)年|(?P<of>20\d\d)[\-/.]?)?(?P<first>1[0-2]|0?[1-9])"
    rf"(?:[-~至到—](?P<last>1[0-2]|0?[1-9]))?(?:月份?{PAID}|(?(of)(?<=\d\d)|(?!)))"
)
_SUM = re.compile(
    "(?:支出|支付|本年|全年|年度|实际)*(?:合计|总计|小计|累计|全年|总额|total)(?:支出|支付)?数?"
)
_GROUP = re.compile(rf"(?:20\d\d年度?|[本当全]年)?(?:[各分按每]月|月度)?{PAID}(?:情况|明细)?")
_CURRENT = re.compile(rf"[本当](?:月|期|季度?){PAID}")
_YEAR_SO_FAR = re.compile(rf"(?:本年|年初以来|年度|年)?(?:累计|至今){PAID}(?:累计数?)?")
_NONE = re.compile(r"[-—–/／0.]*|无")
_AMOUNT = re.compile(r"-?\d+(?:\.\d+)?")
_MADE_ON = re.compile("(?:编制|制表|打印|导出|填[报表制]|报送|报表?)(?:日期|时间)")
_DAY_IN_TITLE = re.compile(
    r"(?:(?P<year>20\d\d)\s*[年\-/.]\s*)?(?<!\d)(?P<month>1[0-2]|0?[1-9])"
    r"(?:\s*月|[\-/.](?=\d)(?!\d{1,2}\s*月))(?:\s*(?P<day>3[01]|[12]\d|0?[1-9])(?!\d)\s*日?)?"
)


@dataclass(frozen=True)
class _Table:
    """Where a sheet's months stand below a heading's row: amounts by column with their day."""

    heading: int
    days: Mapping[int, Cell]
    sums: Mapping[int, Sequence[int]]  # columns that sum up others
    so_far: int | None = None


def by_months(sheet: OpenedSheet, path: Path, declared: Register, known: Known) -> OpenedSheet:
    """Return a ledger's sheet with a row for each payment of a month; any other as it is.

    Raises LayoutError where a sum differs from what it sums up, or a month stands twice.
    """
    if declared.amount is None:
        return sheet
    names = HeadingNames(declared, known.columns)
    head = list(islice(sheet.rows(), SEARCHED_ROWS))
    table = None
    for number, row in enumerate(head):
        named = {name for cell in row if (name := names.of(cell))}
        if declared.amount.day in named:
            return sheet
        if len(set(map(label_key, row)) - {""}) > 1:
            # two days in a row of data are no months
            heading = [cell if named or isinstance(cell, str) else None for cell in row]
            few = 1 if named else 2
            table = _across(number, heading, head[number - 1] if number else [], few, sheet, path)
            table = table or _of_title(number, head, sheet, path)
        if table is not None:
            break
    if table is None or not _holds_amounts(sheet, table):
        return sheet
    return _unfolded(sheet, table, path, declared, known, named & set(declared.amount.told_by))


def _across(
    number: int, row: Row, above: Row, few: int, sheet: OpenedSheet, path: Path
) -> _Table | None:
    """Find columns of months; those that contain others, and totals, sum them up."""
    where = Place(path.name, sheet.name, number + 1)
    of = {at: found for at, cell in enumerate(row) if (found := _months(cell))}
    periods = {
        at: (year, months)
        for at, (year, months) in of.items()
        if not any(_within(other, (year, months)) for other in of.values())
    }
    headed = [at for at, cell in enumerate(row) if at in of or _SUM.fullmatch(_key(cell))]
    if len(of) < few or not all(_may_head(above[at]) for at in headed if at < len(above)):
        return None
    spans = sorted((year or 0, *months) for year, months in periods.values())
    if any(one[0] == then[0] and one[2] >= then[1] for one, then in pairwise(spans)):
        raise LayoutError("有一个月份有两列，不知用哪一列；请只留一列后重交", where)
    sums = {at: [n for n in periods if _within(of[n], of[at])] for at in set(of) - set(periods)}
    sums |= {
        at: list(periods)
        for at, cell in enumerate(row)
        if at not in of and _SUM.fullmatch(_key(cell))
    }
    days = {at: _last_day(year, last) for at, (year, (_, last)) in periods.items()}
    alone = [at for at in sums if len(days) == 1 and "累计" in str(row[at])]
    return _Table(number, days, {at: sums[at] for at in sums if at not in alone}, *alone[:1])


def _of_title(number: int, head: Sequence[Row], sheet: OpenedSheet, path: Path) -> _Table | None:
    """Find a column of one month's sums, of which the title or a name says the day."""
    keys = dict(enumerate(map(_key, head[number])))
    current = [at for at, key in keys.items() if _CURRENT.fullmatch(key)]
    so_far = [at for at, key in keys.items() if _YEAR_SO_FAR.fullmatch(key)]
    if len(current) != 1 or len(so_far) > 1:
        return None
    above = [text for row in head[:number] for text in texts(row)]
    found = {day for said in (*above, sheet.name or "", path.stem) if (day := _said_day(said))}
    days = {day for day in found if isinstance(day, date)} or found
    if len(days) != 1:
        return None
    return _Table(number, {current[0]: days.pop()}, {}, so_far[0] if so_far else None)


def _said_day(text: str) -> Cell:
    """Return the last day of which a text speaks, of a month its end; None where of no month."""
    *_, last = [None, *_DAY_IN_TITLE.finditer(with_digits(text))]
    if last is None:
        found = part_of_year(text)
        return _last_day(found[0], found[1][1]) if found else None
    years = re.findall(r"20\d\d", text)
    year = last["year"] or (years[-1] if years else None)
    month = int(last["month"])
    if year is None or last["day"] is None:
        return _last_day(int(year) if year else None, month)
    day = a_day(int(year), month, int(last["day"]))
    # a table may be made days after the month that it is of
    return None if _MADE_ON.search(text) and day != _last_day(int(year), month) else day


def _key(cell: Cell) -> str:
    return label_key(without_unit(shown(cell)))


def _last_day(year: int | None, month: int) -> Cell:
    return month_end(year, month) if year else f"{month}月底"


def _months(cell: Cell) -> tuple[int | None, Months] | None:
    """Return the year, where it says one, and the months that a heading names."""
    if isinstance(cell, date | datetime):
        return cell.year, (cell.month, cell.month)
    key = _key(cell)
    if key[:3] in MONTHS and re.fullmatch("[a-z]{3,9}", key):
        month = MONTHS.index(key[:3]) + 1
        return None, (month, month)
    key = with_digits(key)
    if found := _MONTHS.fullmatch(key):
        first, last = int(found["first"]), int(found["last"] or found["first"])
        year = found["of"] or found["year"]
        return (2000 + int(year) % 100 if year else None), (first, last)
    return part_of_year(key, whole=True)


def _within(one: tuple[int | None, Months], other: tuple[int | None, Months]) -> bool:
    """Tell whether the months of one are a part of the other's."""
    (year, (first, last)), (of_year, (begins, ends)) = one, other
    return year == of_year and begins <= first <= last <= ends and (first, last) != (begins, ends)


def _holds_amounts(sheet: OpenedSheet, table: _Table) -> bool:
    """Tell whether numbers stand below the months: words there part them (预算, 支出)."""
    for row in islice(sheet.rows(), table.heading + 1, SEARCHED_ROWS + 1):
        cells = [row[at] for at in table.days if at < len(row) and not is_blank(row[at])]
        if cells:
            return any(_number(cell) is not None for cell in cells)
    return False


def _number(cell: Cell) -> Decimal | None:
    """Return a number as it is written, nought for a cell that shows none."""
    if isinstance(cell, bool | date):
        return None
    text = re.sub(r"[\s,，¥￥]", "", "" if cell is None else str(cell))
    if _NONE.fullmatch(text):
        return Decimal(0)
    if isinstance(cell, float):
        return round(Decimal(cell), 6)
    return Decimal(text) if _AMOUNT.fullmatch(text) else None


def _unfolded(
    sheet: OpenedSheet, table: _Table, path: Path, declared: Register, known: Known, tells: set[str]
) -> OpenedSheet:
    meaning = declared.amount
    assert meaning is not None
    labels: list[Cell] = [declared.column(each).label for each in (meaning.day, meaning.column)]
    unit = _unit(sheet, table, path)  # without one it is the caption's
    labels[1] = re.sub(r"\(.*\)|（.*）", f"（{unit}）" if unit else "", str(labels[1]))
    proved = not tells and (table.so_far is not None or bool(table.sums))
    labels += [declared.column(meaning.told_by[-1]).label] if proved else []
    of_whom = not tells or any(declared.column(name).personal for name in tells)
    so_far = table.so_far if of_whom else None  # a purpose's says nothing of the project's
    gone = {*table.days, *table.sums, *({table.so_far} - {so_far, None})}
    place, projects = Place(path.name, sheet.name), known.projects or frozenset()
    rows: list[Row] = []
    numbers: list[int] = []
    width = max(map(len, islice(sheet.rows(), table.heading + 1)))
    for number, cells in enumerate(islice(sheet.rows(), MOST_ROWS + 1)):
        if number == MOST_ROWS:
            return sheet
        row = [*cells[:width], *[None] * (width - len(cells))]
        if number < table.heading:
            kept = [c if at not in gone or not _heads(c) else None for at, c in enumerate(row)]
            new = [kept if number == table.heading - 1 else row]
        else:
            bare = [None if at in gone else cell for at, cell in enumerate(row)]
            if so_far is not None and number == table.heading:
                bare[so_far] = SO_FAR
            new = [
                [*bare, *more] for more in _payments(row, number, table, place, projects, labels)
            ]
        rows += new
        numbers += [number + 1] * len(new)
    looks = sheet.looks.seen_at(width + 1, set(table.days))
    return replace(
        sheet, rows=lambda: (list(row) for row in rows), numbers=tuple(numbers), looks=looks
    )


def _unit(sheet: OpenedSheet, table: _Table, path: Path) -> str | None:
    """Return the unit that the headings of the months, or of what sums them up, all name."""
    row = next(islice(sheet.rows(), table.heading, None))
    said = {at: unit_in_heading(str(row[at] or "")) for at in (*table.days, *table.sums)}
    if table.so_far is not None:
        said[table.so_far] = unit_in_heading(str(row[table.so_far] or ""))
    named = any(said[at] for at in table.days)
    stated = [
        (unit or "元", f"“{shown(row[at])}”")
        for at, unit in said.items()
        if unit or (named and at in table.days)
    ]
    return one_unit(stated, Place(path.name, sheet.name, table.heading + 1))


def _payments(
    row: Row,
    number: int,
    table: _Table,
    place: Place,
    projects: Collection[Cell],
    labels: Sequence[Cell],
) -> Iterator[Sequence[Cell]]:
    """Give what stands in the new columns of each payment of a row: day, amount, and purpose."""
    if number == table.heading:
        yield labels
        return
    where = replace(place, row=number + 1)
    amounts = {at: _number(row[at]) for at in table.days}
    for at, of in table.sums.items():
        parts, whole = [amounts[n] for n in of], _number(row[at])
        known = sum((each for each in parts if each is not None), Decimal(0))
        if None not in parts and whole is not None and not is_blank(row[at]) and whole != known:
            words = f"合计写着{_plain(whole)}，各月加起来是{_plain(known)}；请核对后重交"
            raise LayoutError(words, where)
    if table.so_far is not None:
        so_far, (current,) = _number(row[table.so_far]), amounts.values()
        if so_far is not None and current is not None and 0 <= so_far < current:
            words = f"本月数{_plain(current)}大于累计数{_plain(so_far)}；请核对后重交"
            raise LayoutError(words, where)
    if called(row):  # one line for all months: it is compared with all that was read
        yield [None, _plain(sum((each for each in amounts.values() if each), Decimal(0)))]
        return
    purpose = [OF_MONTH] if len(labels) > 2 else []
    paid = [at for at, amount in amounts.items() if amount != 0]
    for at in paid:
        yield [table.days[at], row[at], *purpose]
    if not paid:  # a project of which the table shows nothing paid nothing
        says = any(not is_blank(row[at]) or cell in projects for at in table.days for cell in row)
        yield [table.days[min(table.days)], 0, *purpose] if says else ()


def _plain(amount: Decimal) -> str:
    return f"{amount.normalize():f}"


def _may_head(cell: Cell) -> bool:
    """Tell whether a cell right above months leaves them what was paid: no plan, no count."""
    key = _key(cell)
    return not key or _heads(cell) or bool(re.search("[:：]", str(cell)) or _GROUP.fullmatch(key))


def _heads(cell: Cell) -> bool:
    """Tell whether a cell over a column of months is a heading of theirs: 2024年, 合计."""
    key = label_key(cell)
    return bool(re.fullmatch(r"20\d\d年?度?", key) or _SUM.fullmatch(key))
