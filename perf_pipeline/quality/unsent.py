"""Months that have not come (漏报的月份): of a register that is handed in month by month.

A ledger comes by months (or quarters) where its files or sheets follow one another: three of them,
or two that are named after a month; another register where three are named so. A month between
them that none has is asked for, and so is the newest where, in the year itself, a whole month has
gone by since it ended or, of a look at all departments, most others' have come: what the report of
one tells does not hang on who is reported with it. A file named after a month says of it that
nothing was done by having no row. Beside the sum of a month a table may tell that of the year so
far: what is missing of that is told to the fen.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from statistics import median_low

from sqlalchemy import Connection, Integer, and_, cast, exists, extract, func, null, select

from perf_pipeline.domain.calendar import AsOf, month_end
from perf_pipeline.domain.clock import LOCAL
from perf_pipeline.measures.so_far import unlike_so_far
from perf_pipeline.quality.months import Said
from perf_pipeline.registers.declaration import Register, load_registers
from perf_pipeline.warehouse.among import within
from perf_pipeline.warehouse.known import Departments, current, newest_files
from perf_pipeline.warehouse.named_months import months_named
from perf_pipeline.warehouse.same import another, same
from perf_pipeline.warehouse.schema import department, register_tables, source_file

_KEY = "department_id", "fiscal_year", "row_key"
_Names = dict[tuple[str, int], Counter[frozenset[int]]]
_BETWEEN = "前后各月都有"
FEW = 3  # parts that follow one another by no chance


@dataclass
class _Sent:
    """What came of a register of a department and year: spans of months, and those of names.

    `named` counts the rows of the files that are named so, `rows` are those in force. `projects`
    are the spans of a ledger's parts of one project each, None of parts of several.
    """

    declared: Register
    spans: set[tuple[int, int]] = field(default_factory=set)
    named: Counter[frozenset[int]] = field(default_factory=Counter)
    rows: int = 0
    projects: dict[str | None, set[tuple[int, int]]] = field(default_factory=dict)

    def comes_by_months(self, *, judged: bool) -> bool:
        """Tell whether its parts follow one another, none of two months of another.

        Without names at least half of them begin in the month after another's last: files by
        project do so by chance. Of a ledger that is judged the name of one says which months it
        has. Of other registers, in which most months have nothing, only names tell; a part of
        cases holds older ones, too, but where most rows came again, each is the list so far.
        """
        gaps = [other[0] - one[1] for one, other in pairwise(sorted(self.spans))]
        if self.declared.amount is not None:
            follow = len(self.spans) >= FEW and gaps.count(1) * 2 >= len(gaps)
            follow = follow and not self.by_project
            return all(gap > 0 for gap in gaps) and (len(self.named) >= 2 - judged or follow)
        lasts = sorted(set(map(max, self.named)))
        if len(lasts) < FEW or any((last - lasts[0]) % self.step for last in lasts):
            return False  # named after checkpoints
        if self.declared.came_in is not None:
            return 2 * self.named.total() < 3 * self.rows
        return all(gap > 0 for gap in gaps)

    @property
    def by_project(self) -> bool:
        """Tell whether each part is of one project, and not all of the same."""
        return len(self.projects) > 1 and None not in self.projects

    def left_out(self) -> Iterator[tuple[str | None, int]]:
        """Give the projects that have a part of each month but one between, which others have."""
        for project, spans in sorted(self.projects.items(), key=str) if self.by_project else ():
            own = {first for first, last in spans if first == last}
            if len(own) == len(spans) >= FEW:
                absent = ({*range(min(own), max(own))} - own) & self.months
                yield from ((project, month) for month in absent if len(absent) == 1)

    @property
    def step(self) -> int:
        """How many months lie from one part to the next, at least: a ledger leaves out none."""
        if self.declared.amount is not None:
            return 1
        return min(other - one for one, other in pairwise(sorted(set(map(max, self.named)))))

    @property
    def length(self) -> int:
        """How many months a part is named after: a quarter's comes when the quarter is over."""
        return min(map(len, self.named), default=1)

    @property
    def months(self) -> set[int]:
        """Months that came: those of cases are of the list's name."""
        spans = () if self.declared.came_in is not None else self.spans
        return set().union(*self.named, *(range(one, last + 1) for one, last in spans))


def months_not_sent(
    connection: Connection, only: Departments = None, seen: AsOf | None = None
) -> Iterator[Said]:
    """Give the months that were left out, or are due, of registers that come month by month.

    A checkpoint that is judged (`seen`) needs all months until its day, whenever it is asked about.
    """
    today = datetime.now(LOCAL).date()
    named = _named(connection, only)
    for declared in load_registers():
        days = [column.name for column in declared.days if not column.ends_month]
        if len(days) == 1 and declared.decides is None:
            mine = named.get(declared.name, {})
            if declared.amount is not None or any(len(each) >= FEW for each in mine.values()):
                sent = _sent(connection, declared, days[0], only, mine)
                yield from _of_register(declared, sent, seen, today, beside_others=only is None)
            yield from _gone(connection, declared, days[0], only, mine)
    for each in unlike_so_far(connection, seen, only):
        action = "把缺的各月补交齐；不缺的，核对当月数和累计数"
        yield each.code, each.fiscal_year, each.project, str(each), action


def _of_register(
    declared: Register,
    sent: Mapping[tuple[str, int], _Sent],
    seen: AsOf | None,
    today: date,
    *,
    beside_others: bool,
) -> Iterator[Said]:
    for (code, year), mine in sorted(sent.items()):
        judged = seen is not None and seen.fiscal_year == year
        for project, month in mine.left_out():
            action = f"补交{month}月的；确实没有的，填一行数字为0的"
            yield code, year, project or "", f"{month}月的还没有收到，{_BETWEEN}", action
        if not mine.comes_by_months(judged=judged):
            continue
        last = max(mine.months)
        others = [max(each.months) for of, each in sent.items() if of[1] == year and of[0] != code]
        due = max(median_low(others) if others and beside_others else 0, _due(year, seen, today))
        due = due if due >= last + (1 if judged else mine.length) else last
        asked = seen.ends_on.month if seen is not None and judged else 12
        absent = {*range(min(mine.months), min(max(last, due), asked) + 1, mine.step)} - mine.months
        for months, why in (
            (sorted(month for month in absent if month < last), _BETWEEN),
            (sorted(month for month in absent if month > last), "按月报送的，以前各月都有"),
        ):
            if months:
                named = "、".join(map(str, months))
                said = f"{named}月的还没有收到，{why}"
                yield code, year, declared.label, said, _hand_in(named)


def _named(connection: Connection, only: Departments) -> dict[str, _Names]:
    """Return after which months the files in force are named, by register, department and year."""
    file = source_file.c
    files = (
        select(file.kind, department.c.code, file.fiscal_year, file.path, file.rows_loaded)
        .join(department, department.c.id == source_file.c.department_id)
        .where(
            source_file.c.id.in_(newest_files(departments=only)),
            source_file.c.outcome != "withdrawn",
            within(source_file.c.department_id, only),
        )
    )
    named: dict[str, _Names] = defaultdict(lambda: defaultdict(Counter))
    for kind, code, year, path, rows in connection.execute(files):
        if months := months_named(path):
            named[kind][code, year][frozenset(months)] += rows
    return named


def _sent(
    connection: Connection, declared: Register, day: str, only: Departments, named: _Names
) -> dict[tuple[str, int], _Sent]:
    table = register_tables[declared.name]
    days = func.min(table.c[day]), func.max(table.c[day]), func.count()
    whose = table.c[declared.amount.whose] if declared.amount is not None else null()
    parts = (
        select(department.c.code, table.c.fiscal_year, *days, func.min(whose), func.max(whose))
        .join(department, department.c.id == table.c.department_id)
        .where(current(table), within(table.c.department_id, only))
        .where(extract("year", table.c[day]) == table.c.fiscal_year)
        .group_by(department.c.code, table.c.fiscal_year, table.c.source_file_id, table.c.sheet)
    )
    sent: dict[tuple[str, int], _Sent] = defaultdict(lambda: _Sent(declared))
    for code, year, first, last, rows, one, other in connection.execute(parts):
        part, span = sent[code, year], (first.month, last.month)
        part.spans.add(span)
        part.projects.setdefault(one if one == other else None, set()).add(span)
        part.rows += rows
    for of, mine in sent.items():
        mine.named = named.get(of, Counter())
    return sent


def _gone(
    connection: Connection, declared: Register, day: str, only: Departments, named: _Names
) -> Iterator[Said]:
    """Give the months of which a file's version before had rows, and no file has any now.

    An export since March is no correction of January; another day of a row that stands is one. A
    file of the month with its heading alone says that there was nothing.
    """
    table, newer, older = register_tables[declared.name], another(source_file, "newer"), source_file
    moved, amount = another(table, "moved"), declared.amount
    as_it_was = same(moved, table, *_KEY, *([amount.column] if amount is not None else []))
    month = cast(extract("month", table.c[day]), Integer)
    in_year = extract("year", table.c[day]) == table.c.fiscal_year
    of = (table.c.department_id, table.c.fiscal_year, month.label("month"))
    there = select(*of).where(current(table), in_year, within(of[0], only))
    still = there.distinct().subquery("still")
    query = (
        select(department.c.code, table.c.fiscal_year, older.c.path, month, func.count())
        .join(older, older.c.id == table.c.source_file_id)
        .join(newer, newer.c.id == table.c.closed_by_id)
        .join(department, department.c.id == table.c.department_id)
        .outerjoin(
            still, and_(same(still, table, "department_id", "fiscal_year"), still.c.month == month)
        )
        .where(newer.c.path == older.c.path, newer.c.outcome == "loaded", newer.c.rows_loaded > 0)
        .where(within(newer.c.department_id, only), in_year, still.c.month.is_(None))
        .where(~exists().where(as_it_was, current(moved)))
        .group_by(department.c.code, table.c.fiscal_year, older.c.path, month)
        .order_by(department.c.code, table.c.fiscal_year, older.c.path, month)
    )
    for code, year, path, which, rows in connection.execute(query):
        if named.get((code, year), Counter()).get(frozenset({which})) != 0:
            said = f"{which}月的{rows}行以前的一版里有，现在没有一行是{which}月的"
            yield code, year, path, said, _hand_in(f"{which}")


def _hand_in(months: str) -> str:
    return f"补交{months}月的；确实没有的，交一份以那个月命名、只有表头的"


def _due(year: int, seen: AsOf | None, today: date) -> int:
    """Return the last month that should have come: of what is judged, all until its day.

    As it stands, those of a year that still runs, or just ended, a whole month after which is over.
    """
    if seen is not None and seen.fiscal_year == year:
        return sum(month_end(year, month) <= seen.ends_on for month in range(1, 13))
    if today >= date(year + 1, 3, 1):
        return 0
    return sum(month_end(year + month // 12, month % 12 + 1) < today for month in range(1, 13))
