"""Chapters of the Word report about what was judged: spending, indicators, deviations, outlook."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from perf_pipeline.domain.outlook import Likelihood
from perf_pipeline.domain.status import DEVIATIONS, STATUS_LABELS, Together
from perf_pipeline.reports import wording
from perf_pipeline.reports.amounts import wan
from perf_pipeline.reports.cells import NONE, in_table
from perf_pipeline.reports.chart_pictures import spending_picture
from perf_pipeline.reports.charts import in_words
from perf_pipeline.reports.matters import Matter
from perf_pipeline.reports.model import (
    IndicatorLine,
    Line,
    QuarterReport,
    SpendingLine,
    count_statuses,
)
from perf_pipeline.reports.signs import LOOKS, judgement_text, word_of
from perf_pipeline.reports.word_file import WordFile
from perf_pipeline.reports.word_table import Band, Column, Row, Tinted
from perf_pipeline.warehouse.judgements import SpendingResult, SpendingSum
from perf_pipeline.warehouse.result import Show

MOST_PICTURES = 2
MOST_MATTERS = 10
FEW_NOTES = 2  # beside those on changed targets


def write_spending(file: WordFile, report: QuarterReport) -> None:
    """Write how spending stands against its plan: sentences, table, curves."""
    file.heading("二、预算执行情况")
    file.write(wording.spending_sentence(report))
    if not report.spending:
        return
    columns = (
        Column("项目", 31.5),
        *(Column(of.label, 17.5, "right") for of in SPENDING_HEADS.values()),
        Column("追溯号", 12, "center"),
    )
    rows = [_spending_row(line) for line in report.spending]
    total = report.total
    if total is not None and total.projects > 1 and total.budget_fen:
        rows.append((f"合计（{total.projects}个项目）", *_of_sum(total, SPENDING_HEADS), NONE))
    file.table("各项目预算执行与支出计划比较（金额单位：万元）", columns, rows)
    _sums(file, report)
    file.points(
        wording.spending_words(line) for line in report.spending if line.light in DEVIATIONS
    )
    _pictures(file, report)


def _spending_row(line: SpendingLine) -> tuple[str | Tinted, ...]:
    return (line.project_name, *(_cell(line, name) for name in SPENDING_HEADS), line.figure)


def _sums(file: WordFile, report: QuarterReport) -> None:
    """Write spending by source and by line of work, where there are several; the page has all."""
    levels = [report.sums_of(each) for each in (Together.SOURCE, Together.SECTION)]
    told = [line for lines in levels if len(lines) > 1 for line in lines]
    if not told:
        return
    heads = SpendingSum.shown(Show.FACT, Show.HEAD)
    columns = (Column("汇总", 31.5), *(Column(of.label, 17.5, "right") for of in heads.values()))
    rows = ((f"{line.level.label}：{line.name}", *_of_sum(line, heads)) for line in told)
    file.table("预算执行汇总（金额单位：万元）", columns, rows)


def _of_sum(line: SpendingSum, names: Iterable[str]) -> Iterator[str | Tinted]:
    return (_cell(line, name) if name in line.columns else NONE for name in names)


def _cell(line: Line | SpendingSum, name: str) -> str | Tinted:
    """Write a column of a result: its word with sign and colour, else as tables write it."""
    return _judgement(line) if name in line.words else in_table(line, name)


def _pictures(file: WordFile, report: QuarterReport) -> None:
    """Draw the curves of the projects that deviate most; the page has them all."""
    astray = [line for line in report.spending if line.light in DEVIATIONS and line.plan]
    lines = sorted(astray, key=lambda line: -abs(line.deviation_bp or 0))[:MOST_PICTURES]
    if lines:
        file.write(f"以下为偏差最大的{len(lines)}个项目的曲线，其余见报告页。")
    for line in lines:
        file.picture(
            spending_picture(line, report.checkpoint),
            f"{line.project_name}：累计支出占全年预算的比例（虚线为计划，实线为实际）",
            "".join(in_words(line, report.checkpoint)),
        )


def write_indicators(file: WordFile, report: QuarterReport) -> None:
    """Write how indicators stand against their targets, by project and line of work."""
    file.heading("三、绩效目标完成情况")
    file.write(wording.status_sentence(report.indicators))
    if not report.indicators:
        return
    projects = dict.fromkeys(line.project_name for line in report.indicators if line.project_name)
    groups = [(name, report.indicators_of(name)) for name in projects]
    own = tuple(line for line in report.indicators if not line.project_name)
    sections = [(f"{len(report.sections)}个分项工作", own)] if own else []
    file.table(
        "绩效指标按状态计数（单位：项）",
        (
            Column("项目或分项工作", 62),
            Column("指标数", 14, "right"),
            *(Column(label, 16.5, "right") for label in STATUS_LABELS.values()),
        ),
        _counts(groups, sections, report.indicators),
    )
    file.write("未达标和落后的，最重的列在下一章；各项的实际值和判断理由见报告页。")
    _notes(file, report.indicators)


def _notes(file: WordFile, lines: Sequence[IndicatorLine]) -> None:
    """Write what stands beside judgements (补充说明), all on changed targets and a few others."""
    noted = sorted((line for line in lines if line.note), key=lambda line: not line.revised_by)
    changed = sum(bool(line.revised_by) for line in noted)
    shown = min(changed + FEW_NOTES, MOST_MATTERS)
    file.points(wording.note_words(line) for line in noted[:shown])
    if len(noted) > shown:
        file.write(f"另有{len(noted) - shown}项指标有补充说明，见报告页。")


SPENDING_HEADS = SpendingResult.shown(Show.HEAD)
Group = tuple[str, tuple[IndicatorLine, ...]]


def _counts(
    projects: Sequence[Group], sections: Sequence[Group], everything: Sequence[IndicatorLine]
) -> Iterator[Row]:
    for band, groups in (("项目", projects), ("分项工作", sections)):
        if groups:
            yield Band(band)
        for name, lines in groups:
            yield _count(name, lines)
    yield _count("合计", everything)


def _count(name: str, lines: Sequence[IndicatorLine]) -> tuple[str, ...]:
    return (name, str(len(lines)), *map(str, count_statuses(lines).values()))


def write_deviations(file: WordFile, report: QuarterReport, found: Sequence[Matter]) -> None:
    """Write the matters, the gravest first, with the reasons given by staff and what data show."""
    file.heading("四、偏差情况及原因")
    file.write(wording.deviation_sentence(report))
    if not found:
        return
    columns = (
        Column("事项", 30),
        Column("判断", 16, "center"),
        Column("偏差", 42),
        Column("部门说明的原因和改进措施；系统提示", 52),
        Column("要求", 30),
    )
    rest = len(found) - MOST_MATTERS
    which = f"，最重的{MOST_MATTERS}项，其余{rest}项见报告页" if rest > 0 else ""
    rows = map(_matter, found[:MOST_MATTERS])
    file.table(f"需要关注的事项，按轻重排列{which}", columns, rows)


def _matter(matter: Matter) -> tuple[str | Tinted, ...]:
    line, noted = matter.line, matter.noted
    why = NONE
    if line is not None:
        hint = f"系统提示：{line.hint}" if line.hint else ""
        said = line.said or ("待说明" if matter.judgement in DEVIATIONS else "")
        why = "。".join(filter(None, (said, hint))) or NONE
    asked = [matter.advice.action if matter.advice else ""]
    if noted is not None:
        due, number = noted.due_on, noted.number
        by = f"{noted.label}（{due}前），编号{number}" if due else f"{noted.label}，编号{number}"
        asked.append(by)
    figure = f"（{line.figure}）" if line is not None else ""
    judged = _judgement(line) if line is not None else NONE
    told = "；".join(filter(None, asked)) or NONE
    return matter.subject, judged, f"{matter.reason}{figure}", why, told


def write_outlook(file: WordFile, report: QuarterReport) -> None:
    """Write where the year will end: points, intervals, likelihood."""
    file.heading("六、全年预计")
    lines: list[Line] = [*report.spending, *report.indicators]
    outlooks = [line.outlook for line in lines]
    file.write(wording.outlook_sentence(outlooks, year_over=report.checkpoint.last))
    if report.checkpoint.last:
        return
    lost = Likelihood.IMPOSSIBLE
    foretold = [line for line in lines if line.outlook and line.outlook.likelihood is lost]
    if not foretold:
        return
    columns = (
        Column("事项", 56),
        Column("全年目标", 26),
        Column("全年预计", 24, "right"),
        Column("八成可能的区间", 40, "right"),
        Column("完成可能性", 20, "center"),
    )
    file.table("预计不能完成的目标（其余见报告页）", columns, map(_outlook_row, foretold))


def _outlook_row(line: Line) -> tuple[str, ...]:
    assert line.outlook is not None
    if isinstance(line, SpendingLine):
        target = NONE if line.budget_fen is None else f"预算{wan(line.budget_fen)}万元"
    else:
        target = line.raw_target
    return (
        wording.subject_of(line),
        target,
        line.outlook.point_text or NONE,
        line.outlook.interval or NONE,
        wording.likelihood_text(line.outlook),
    )


def _judgement(line: Line | SpendingSum) -> Tinted:
    word = word_of(line)
    return Tinted(judgement_text(word), LOOKS[word][1])
