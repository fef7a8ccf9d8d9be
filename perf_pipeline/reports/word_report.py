"""The quarterly report (绩效运行监控报告) of a department as Word, in the chapters of such reports.

Sentences come from `wording`, proposals from `handling`; here they get their places.
"""

from __future__ import annotations

from collections.abc import Sequence

from perf_pipeline.domain.calendar import chinese_date
from perf_pipeline.reports import wording
from perf_pipeline.reports.handling import proposals
from perf_pipeline.reports.matters import Matter, answers, matters
from perf_pipeline.reports.model import QuarterReport
from perf_pipeline.reports.word_file import WordFile
from perf_pipeline.reports.word_judged import (
    write_deviations,
    write_indicators,
    write_outlook,
    write_spending,
)
from perf_pipeline.reports.word_registers import (
    write_case_limits,
    write_data_quality,
    write_safeguards,
)

REPORT_NAME = "绩效运行监控报告.docx"
MOST_FACTS = 3  # of a proposal: the page has them all
MOST_PROJECTS = 20


def word_report(report: QuarterReport) -> bytes:
    """Return the report as a .docx; the same report gives the same bytes."""
    notice = f"数据说明：{report.notice_line}" if report.notice else ""
    at = report.checkpoint
    file = WordFile(
        title=report.title,
        header=notice or report.title,
        footer=f"{report.department}　{at.name}",
        as_of=at.ends_on,
    )
    file.write(f"{report.department}{at.fiscal_year}年绩效运行监控报告", "Title")
    file.write(f"（截至{chinese_date(at.ends_on)}）", "Subtitle")
    if report.notice:
        file.lead("数据说明：", report.notice, "Notice")
    found = matters(report)
    _write_answers(file, report, found)
    _write_monitored(file, report)
    write_spending(file, report)
    write_indicators(file, report)
    write_deviations(file, report, found)
    write_case_limits(file, report)
    write_outlook(file, report)
    _write_handling(file, report)
    write_data_quality(file, report)
    write_safeguards(file, report)
    return file.to_bytes()


def _write_answers(file: WordFile, report: QuarterReport, found: Sequence[Matter]) -> None:
    """Write first what is worst, why, what is asked and promised, as the page does."""
    first = answers(report, found)
    if first is not None:
        file.lead("最突出：", first.worst)
        file.lead("为什么：", first.why)
        file.lead("要求：", first.asked)
        file.lead("承诺：", first.promised)
    file.lead("内容提要：", wording.summary(report))


def _write_monitored(file: WordFile, report: QuarterReport) -> None:
    file.heading("一、监控工作开展情况")
    file.write(wording.scope(report))
    projects = [report.project(line.project_name) for line in report.spending]
    file.points(wording.purpose(project) for project in projects[:MOST_PROJECTS])
    if len(projects) > MOST_PROJECTS:
        file.write(f"其余{len(projects) - MOST_PROJECTS}个项目见表1。")
    file.write(wording.sources(report))
    version = "未存档" if report.version is None else f"第{report.version}版"
    file.write(
        f"报告版本：{version}；所依据的评价：第{report.monitoring_version}版。"
        "表中追溯号可在系统中查到来源文件、工作表和行号。"
    )
    if report.files:
        read = "、".join(f"{each.kind}{each.rows_read}行" for each in report.files)
        file.write(f"数据文件：{read}。各文件的版本和校验值见报告页。")


def _write_handling(file: WordFile, report: QuarterReport) -> None:
    file.heading("七、下一步处理建议")
    found = proposals(report)
    if not found:
        file.write("按现有规则和数据，没有需要处理的事项。")
        return
    file.write("下列建议由系统按规则从本报告的事实得出，供决策参考，不代替有关部门的决定。")
    for number, each in enumerate(found, start=1):
        rule = each.rule
        file.heading(f"{number}．{rule.name}（{len(each.facts)}项）：{rule.action}", 2)
        file.write(rule.text)
        rest = len(each.facts) - MOST_FACTS
        others = f"；另有{rest}项，见报告页" if rest > 0 else ""
        about = f"{'；'.join(each.facts[:MOST_FACTS])}{others}。依据：{rule.basis}。"
        file.lead("所据事实：", about, "Facts")
