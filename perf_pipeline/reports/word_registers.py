"""Chapters of the Word report about registers: time limits of cases, quality of the data."""

from __future__ import annotations

from perf_pipeline.measures.case_limits import duties
from perf_pipeline.measures.catalogue import MEASURES
from perf_pipeline.measures.findings import first_of_each_rule
from perf_pipeline.reports import wording
from perf_pipeline.reports.amounts import wan
from perf_pipeline.reports.model import CaseLimitLine, QuarterReport
from perf_pipeline.reports.word_file import WordFile
from perf_pipeline.reports.word_table import Column

NONE = "—"
MOST_LISTED = 5


def write_case_limits(file: WordFile, report: QuarterReport) -> None:
    """Write the cases that are overdue, and those that fall due before the next checkpoint."""
    file.heading("五、案件办理时限")
    file.write(wording.limit_sentence(report, _of_its_trade(report)))
    if not report.case_limits:
        return
    file.table(
        "超期未办和即将到期的案件（单位：件）",
        (
            Column("台账", 60),
            Column("环节", 40),
            Column("超期未办", 33, "right"),
            Column("即将到期", 33, "right"),
        ),
        [(each[0], each[1], str(each[2]), str(each[3])) for each in report.limit_counts],
    )
    overdue = report.overdue
    if overdue:
        rest = len(overdue) - MOST_LISTED
        which = (
            f"，最久的{MOST_LISTED}件，其余{rest}件见数据仓库的表 case_limit" if rest > 0 else ""
        )
        file.table(f"超期未办的案件{which}", CASE_COLUMNS, map(_case, overdue[:MOST_LISTED]))


def _of_its_trade(report: QuarterReport) -> list[str]:
    """Return the registers with time limits that it hands in, or that its indicators measure."""
    codes = {line.measure for line in report.indicators}
    used = {each.of_register for each in MEASURES if each.code in codes}
    return [
        declared.label
        for declared, _ in duties()
        if declared.name in used or declared.label in report.received
    ]


CASE_COLUMNS = (
    Column("台账", 34),
    Column("案件", 38),
    Column("镇（办）", 22),
    Column("环节", 16, "center"),
    Column("应办日期", 34, "right"),
    Column("超期（天）", 22, "right"),
)


def _case(line: CaseLimitLine) -> tuple[str, ...]:
    days = str(line.days_overdue) if line.days_overdue > 0 else NONE
    town = line.town or NONE
    return (line.register_label, line.case_key, town, line.label, str(line.due_on), days)


def write_data_quality(file: WordFile, report: QuarterReport) -> None:
    """Write what is missing, put aside, odd, or came after a quarter was closed."""
    file.heading("八、数据质量说明")
    file.write(wording.missing_sentence(report.indicators))
    file.write(wording.quarantine_sentence(report))
    if report.quarantine:
        file.table(
            "隔离的行按原因计数",
            (Column("类别", 40), Column("原因", 100), Column("行数", 26, "right")),
            [(note.kind, note.reason, str(note.rows)) for note in report.quarantine],
        )
    for each in report.files:
        if each.outcome != "loaded":
            where = wording.short_place(report, each.path)
            file.write(f"{where}整个文件未能读取：{each.reason or '原因未记录'}。")
    file.write(wording.audit_sentence(report))
    if report.audit:
        shown = first_of_each_rule(report.audit, 1)
        columns = (
            Column("线索", 28),
            Column("项目", 28),
            Column("发现", 42),
            Column("行数", 11, "right"),
            Column("金额（万元）", 22, "right"),
            Column("第一行证据", 60),
        )
        rows = [
            (
                line.label,
                line.project_name or NONE,
                f"{line.detail}。{line.verdict_text}" if line.said else line.detail,
                str(line.rows),
                NONE if line.amount_fen is None else wan(line.amount_fen),
                wording.short_place(report, line.place),
            )
            for line in shown
        ]
        rest = len(report.audit) - len(shown)
        which = f"，每类列金额最大的一条，另有{rest}条见 audit list" if rest > 0 else ""
        file.table(f"台账审计线索（须核实，不是结论{which}）", columns, rows)
    if report.adjustments:
        _adjustments(file, report)


def write_safeguards(file: WordFile, report: QuarterReport) -> None:
    """Write what the registers say of the document's safeguards (保障措施)."""
    if not report.safeguards:
        return
    file.heading("九、保障措施落实情况")
    rows = [(each.safeguard, each.label, each.text) for each in report.safeguards]
    rows.append(("内部控制", "待核查的审计线索", f"{report.audit_waiting}条"))
    columns = (Column("措施", 50), Column("情况", 70), Column("年初以来", 46, "right"))
    file.table("保障措施（年初以来）", columns, rows)


def _adjustments(file: WordFile, report: QuarterReport) -> None:
    file.write(
        "已关账的检查点不再改动；关账后才收到的数据与关账时的差额如下，本检查点的累计数已包含。"
    )
    columns = (
        Column("关账检查点", 34),
        Column("项目或指标", 52),
        *(Column(head, 26, "right") for head in ("关账时", "现在所知", "相差")),
    )
    rows = [
        (
            f"{each.quarter}（第{each.closed_version}版）",
            each.name,
            each.closed_text or NONE,
            each.known_text or NONE,
            each.difference_text or NONE,
        )
        for each in report.adjustments
    ]
    file.table("关账后的调整", columns, rows)
