"""What is open (待办): all that keeps a department's judgement from being whole, with what to do.

One list for `check`, `status`, the report page and the end of a run, read from the warehouse as it
stands: files that could not be read, rows in quarantine, columns that nothing used, projects
without a budget or a plan, indicators that nothing feeds, files that left the inbox.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, Table, exists, select

from perf_pipeline.domain.calendar import AsOf
from perf_pipeline.domain.errors import Place
from perf_pipeline.domain.words import Word
from perf_pipeline.measures.catalogue import why_not
from perf_pipeline.measures.coverage import mapped_indicators
from perf_pipeline.measures.expected import expected_registers
from perf_pipeline.quality.namings import answers_of_no_item, of_no_one_indicator
from perf_pipeline.quality.plausible import implausible
from perf_pipeline.quality.unsent import months_not_sent
from perf_pipeline.registers.declaration import register
from perf_pipeline.warehouse.among import within
from perf_pipeline.warehouse.departures import Departed, newest_files
from perf_pipeline.warehouse.known import Departments, current
from perf_pipeline.warehouse.outcomes import Left, listed
from perf_pipeline.warehouse.same import same
from perf_pipeline.warehouse.schema import (
    department,
    project,
    quarantined_row,
    register_tables,
    source_file,
    spending_plan,
)
from perf_pipeline.warehouse.typed import StoredRow

MOST_PLACES = 3  # of the rows in quarantine for one reason


class Open(Word):
    """Kinds of open points, in the order in which they are told."""

    FAILED = "failed", "读入失败"
    REFUSED = "refused", "整份拒收"
    QUARANTINED = "quarantined", "隔离的行"
    LEFT = "left", "已不在收件文件夹"
    NO_TARGETS = "no_targets", "没有绩效目标"
    NOT_HANDED_IN = "not_handed_in", "还没有报送"
    NO_BUDGET = "no_budget", "没有预算数"
    NO_PLAN = "no_plan", "没有支出计划"
    UNCOVERED = "uncovered", "指标没有数据来源"
    IMPLAUSIBLE = "implausible", "数字可疑"
    NO_ITEM = "no_item", "指标或事项对不上"
    IGNORED = "ignored_columns", "没有用到的列"
    NOTICE = "notice", "请留意"


@dataclass(frozen=True)
class OpenPoint:
    """One thing that is open: of whom, about what, what was found, and what to do."""

    kind: Open
    department: str
    fiscal_year: int
    subject: str
    finding: str
    action: str

    @property
    def label(self) -> str:
        """What its kind is called."""
        return self.kind.label

    def __str__(self) -> str:
        return f"{self.label}：{self.subject}：{self.finding}。{self.action}"


def open_points(
    connection: Connection,
    *,
    fiscal_year: int | None = None,
    only: Departments = None,
    seen: AsOf | None = None,
) -> tuple[OpenPoint, ...]:
    """Return all open points, of one year or all, in the order of their kinds.

    `only` are departments by row number; None: all. `seen` is the checkpoint whose judgement they
    stand beside, which says what is due; None: today.
    """
    if seen is not None:
        fiscal_year = seen.fiscal_year
    found = [
        *_of_files(connection, only),
        *_in_quarantine(connection, only),
        *_without_targets(connection, only),
        *_not_handed_in(connection, only),
        *(OpenPoint(Open.NOT_HANDED_IN, *said) for said in months_not_sent(connection, only, seen)),
        *_without(connection, only, spending_plan, Open.NO_PLAN),
        *_without(connection, only, register_tables["budget"], Open.NO_BUDGET),
        *_uncovered(connection, only),
        *(OpenPoint(Open.IMPLAUSIBLE, *said) for said in implausible(connection, only)),
        *(OpenPoint(Open.NO_ITEM, *said) for said in answers_of_no_item(connection, only)),
        *(OpenPoint(Open.NO_ITEM, *said) for said in of_no_one_indicator(connection, only)),
    ]
    mine = [each for each in found if fiscal_year in (None, each.fiscal_year)]
    order = list(Open)
    return tuple(
        sorted(mine, key=lambda each: (each.fiscal_year, each.department, order.index(each.kind)))
    )


def _of_files(connection: Connection, only: Departments) -> Iterator[OpenPoint]:
    for row in connection.execute(newest_files(only)):
        of = (row.department, row.fiscal_year, row.path)
        if row.outcome == "failed":
            yield OpenPoint(Open.FAILED, *of, row.reason or "", "告知系统管理员，修好后再运行一次")
        if row.outcome == "refused":
            action = (
                "按所写原因改正后重新放入收件文件夹；文件名没有错的，不要改名；"
                "它的内容已全部在别的文件里的，请把它移走"
            )
            yield OpenPoint(Open.REFUSED, *of, row.reason or "", action)
        if row.state == Left.GONE:
            said = str(Departed(row.path, Left.GONE, row.rows_loaded)).partition("；请确认：")
            finding = said[0].removeprefix(f"{row.path} ")
            yield OpenPoint(Open.LEFT, *of, finding, f"确认：{said[2]}")
        if ignored := listed(row.ignored_columns):
            action = "不影响金额和件数的不必处理；其中有作废、冲销、币种一类内容的，改用填报模板"
            yield OpenPoint(Open.IGNORED, *of, f"这些列没有用到：{'、'.join(ignored)}", action)
        for notice in listed(row.notices):
            yield OpenPoint(Open.NOTICE, *of, notice, "核对；读得不对的，改正后重新放入")


def _in_quarantine(connection: Connection, only: Departments) -> Iterator[OpenPoint]:
    """Give a point for each file and reason, with the first places."""
    query = (
        select(
            quarantined_row,
            source_file.c.path,
            source_file.c.fiscal_year,
            department.c.code.label("department"),
        )
        .join(source_file, source_file.c.id == quarantined_row.c.source_file_id)
        .join(department, department.c.id == source_file.c.department_id)
        .where(current(quarantined_row), within(source_file.c.department_id, only))
        .order_by(source_file.c.path, quarantined_row.c.id)
    )
    grouped: dict[tuple[str, int, str, str | None, str], list[StoredRow]] = defaultdict(list)
    for row in connection.execute(query):
        of = (row.department, row.fiscal_year, row.path, row.column_label, row.reason)
        grouped[of].append(row)
    for (code, year, path, column, reason), rows in grouped.items():
        places = "、".join(str(Place(None, r.sheet, r.row_number)) for r in rows[:MOST_PLACES])
        more = f" 等{len(rows)}行" if len(rows) > MOST_PLACES else ""
        about = f"“{column}”{reason}" if column else reason
        action = rows[0].hint or "改正后重新放入"
        finding = f"{places}{more}：{about}"
        yield OpenPoint(Open.QUARANTINED, code, year, path, finding, action)


def _without_targets(connection: Connection, only: Departments) -> Iterator[OpenPoint]:
    has_one = exists().where(
        same(project, source_file, "department_id", "fiscal_year"), current(project)
    )
    query = (
        newest_files(only)
        .where(~has_one)
        .with_only_columns(department.c.code, source_file.c.fiscal_year)
    )
    for row in sorted(set(connection.execute(query.order_by(None)).all())):
        of = (row.code, row.fiscal_year, "绩效目标文件")
        said = "还没有一份能读出项目的绩效目标文件，台账无从对照"
        yield OpenPoint(Open.NO_TARGETS, *of, said, f"放进 {row.fiscal_year}/{row.code}/targets")


def _not_handed_in(connection: Connection, only: Departments) -> Iterator[OpenPoint]:
    """Give a point for each register that a department's judgement needs and that never came."""
    came = {
        (row.department_id, row.fiscal_year, row.kind)
        for row in connection.execute(newest_files(only))
    }
    codes = dict(connection.execute(select(department.c.id, department.c.code)).all())
    years = select(project.c.fiscal_year).where(current(project)).distinct()
    for year in sorted(connection.execute(years).scalars()):
        for whose, name in sorted(expected_registers(connection, year, only)):
            if (whose, year, name) not in came:
                label = register(name).label
                where = f"放进 {year}/{codes[whose]}/registers，文件名以“{label}”开头"
                of = (codes[whose], year, label)
                yield OpenPoint(Open.NOT_HANDED_IN, *of, "还没有收到", where)


def _without(
    connection: Connection, only: Departments, table: Table, kind: Open
) -> Iterator[OpenPoint]:
    """Give a point for each current project that a table says nothing of."""
    has_one = exists().where(
        same(table, project, "department_id", "fiscal_year"),
        table.c.project_name == project.c.name,
        current(table),
    )
    query = (
        select(project.c.name, project.c.fiscal_year, department.c.code)
        .join(department, department.c.id == project.c.department_id)
        .where(current(project), ~has_one, within(project.c.department_id, only))
        .order_by(project.c.fiscal_year, department.c.code, project.c.ordinal)
    )
    finding = "没有预算数，无法计算执行率"
    action = f"在“{register('budget').label}”中填写它的预算数"
    if kind is Open.NO_PLAN:
        finding = "没有资金支出计划，无法判断进度"
        action = "在“资金支出计划表”中填写各检查点的累计支出比例"
    for row in connection.execute(query):
        yield OpenPoint(kind, row.code, row.fiscal_year, row.name, finding, action)


def _uncovered(connection: Connection, only: Departments) -> Iterator[OpenPoint]:
    label = register("indicator_measure").label
    for each in mapped_indicators(connection, only):
        if each.uncovered:
            about = f"{each.project_name or each.section or ''}／{each.name}"
            said = why_not(each.measure) if each.measure else "还没有写明由什么计算"
            action = f"运行 perf-pipeline template 文件夹，在“{label}”中选定度量，或写“人工填报”"
            yield OpenPoint(Open.UNCOVERED, each.department, each.fiscal_year, about, said, action)
