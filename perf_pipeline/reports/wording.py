"""The sentences of the quarterly report (绩效运行监控报告): from facts to Chinese, nothing added.

Every number in a sentence is a count or a sum of the report's own lines; what is not known is said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from perf_pipeline.domain.calendar import chinese_date
from perf_pipeline.domain.outlook import Likelihood
from perf_pipeline.domain.status import LIGHT_LABELS, STATUS_LABELS, Light, Status
from perf_pipeline.domain.unit import Unit
from perf_pipeline.reports.amounts import wan
from perf_pipeline.reports.cells import facts
from perf_pipeline.reports.foretold import Outlook
from perf_pipeline.reports.model import (
    IndicatorLine,
    Line,
    Project,
    QuarterReport,
    SpendingLine,
    count_lights,
    count_statuses,
)


def subject_of(line: Line) -> str:
    """Name what a line is about: 信访维稳经费：结案率, 信访维稳经费：预算执行."""
    if isinstance(line, SpendingLine):
        return f"{line.project_name}：预算执行"
    place = line.project_name or line.section
    return f"{place}：{line.name}" if place else line.name


def short_place(report: QuarterReport, place: str) -> str:
    """Write where something stands without the year and department, which go without saying."""
    return place.replace(f"{report.checkpoint.fiscal_year}/{report.department_code}/", "", 1)


def summary(report: QuarterReport) -> str:
    """Say in one or two sentences what a reader must know first."""
    lights, statuses = count_lights(report.spending), count_statuses(report.indicators)
    late = lights[Light.RED] + lights[Light.YELLOW]
    odd = [
        f"{late}个支出偏离计划" if late else "",
        f"{lights[Light.AHEAD]}个支出超前" if lights[Light.AHEAD] else "",
        f"{lights[Light.UNKNOWN]}个无法判断" if lights[Light.UNKNOWN] else "",
    ]
    said = "、".join(filter(None, odd)) or "支出进度均正常"
    good = statuses[Status.MET] + statuses[Status.ON_TRACK]
    bad = statuses[Status.MISSED] + statuses[Status.BEHIND]
    sentence = (
        f"{len(report.spending)}个项目，{said}；{len(report.indicators)}项绩效指标，"
        f"{good}项达标或进度正常，{bad}项未达标或落后"
    )
    if statuses[Status.NOT_DUE]:
        sentence += f"，{statuses[Status.NOT_DUE]}项未到期"
    if statuses[Status.NO_DATA]:
        sentence += f"，{statuses[Status.NO_DATA]}项没有数据"
    return f"{sentence}。"


def scope(report: QuarterReport) -> str:
    """Say what was monitored, and as of when."""
    at = report.checkpoint
    own = sum(line.project_name is None for line in report.indicators)
    return (
        f"本次监控以{chinese_date(at.ends_on)}（{at.label}检查点）为截止日，对{report.department}"
        f"{at.fiscal_year}年度{len(report.spending)}个项目的预算执行情况和"
        f"{len(report.indicators)}项绩效指标的实现程度进行监控，其中项目绩效指标"
        f"{len(report.indicators) - own}项，{len(report.sections)}个分项工作的绩效指标{own}项。"
    )


def purpose(project: Project) -> str:
    """Say what a project's money is for, as its target document does."""
    said = project.purpose or "绩效目标文件没有写明资金用途"
    if not project.code:
        return f"{project.name}：{said}"
    return f"{project.name}（项目编码{project.code}）：{said}"


def sources(report: QuarterReport) -> str:
    """Say what files the report rests on, and what became of their rows."""
    if not report.files:
        return "没有收到本年度的数据文件。"
    read, loaded, aside, skipped = (
        sum(getattr(file, f"rows_{name}") for file in report.files)
        for name in ("read", "loaded", "quarantined", "skipped")
    )
    mended = f"（其中{aside - report.quarantined}行已改正）" if aside > report.quarantined else ""
    refused = sum(file.outcome != "loaded" for file in report.files)
    said = (
        f"本报告依据{len(report.files)}个数据文件的现行版本，共读取{read}行，入库{loaded}行，"
        f"隔离{aside}行{mended}，跳过{skipped}行（空行、合计行）"
    )
    return f"{said}；其中{refused}个文件未能读取。" if refused else f"{said}。"


def spending_sentence(report: QuarterReport) -> str:
    """Say how all projects together stand against their plan."""
    lines, total = report.spending, report.total
    if not lines:
        return "没有可评价的项目。"
    said = f"{len(lines)}个项目中，{_tally(_lights(lines), '{0}个')}。"
    if total is None:
        return said
    if total.budget_fen and total.paid_fen is not None:
        away = total.told("deviation_bp").removesuffix(Unit.POINTS.value.chinese)
        said += (
            f"有预算数、支出计划和支付台账的{total.projects}个项目，全年预算合计"
            f"{wan(total.budget_fen)}万元，累计执行{wan(total.paid_fen)}万元，执行率"
            f"{total.told('actual_bp')}，计划进度{total.told('planned_bp')}，{against_plan(away)}。"
        )
    if total.left_out:
        lacking = (
            line for line in lines if None in (line.budget_fen, line.paid_fen, line.planned_bp)
        )
        said += f"{'、'.join(line.project_name for line in lacking)}资料不全，未计入合计。"
    return said


def against_plan(deviation: str) -> str:
    """Say a deviation of so many percentage points in words: 低于计划17.09个百分点."""
    if not deviation.strip("0."):
        return "与计划一致"
    word = "低于计划" if deviation.startswith("-") else "高于计划"
    return f"{word}{deviation.removeprefix('-')}个百分点"


def spending_words(line: SpendingLine) -> str:
    """Say of one project why it has its light, and what stands beside it."""
    moved = "支付台账在本版评价之后有变动，曲线与评价时的累计支付不一致"
    said = (line.reason, line.note, moved if line.ledger_moved_on else None, *facts(line))
    return f"{line.project_name}：{'；'.join(filter(None, said))}。"


def status_sentence(lines: Sequence[IndicatorLine]) -> str:
    """Count indicators by status; the counts add up to all of them."""
    if not lines:
        return "没有绩效指标。"
    said = f"{len(lines)}项绩效指标中，{_tally(_statuses(lines), '{0}项')}。"
    if any(line.status is Status.NO_DATA for line in lines):
        said += "没有数据的指标不视为达标。"
    return said


def note_words(line: IndicatorLine) -> str:
    """Say what stands beside an indicator's judgement (补充说明)."""
    about, label = subject_of(line), STATUS_LABELS[line.status]
    judged = f"{about}：目标“{line.raw_target}”，{label}（{line.figure}）"
    return f"{judged}。补充说明：{line.note}。"


def deviation_sentence(report: QuarterReport) -> str:
    """Say how many deviations there are, and how many have a reason."""
    found, open_ones = len(report.deviations), len(report.unexplained)
    if not found:
        return "截至本检查点，没有发现需要说明原因的偏差。"
    if open_ones == found:
        said = f"共有{found}项偏差，均待部门说明原因。"
    elif open_ones:
        told = found - open_ones
        said = f"共有{found}项偏差，{told}项已收到部门说明的原因，{open_ones}项待说明。"
    else:
        said = f"共有{found}项偏差，均已收到部门说明的原因。"
    if any(line.hint for line in report.deviations):
        said += "标注“系统提示”的内容由台账数据得出，不是部门说明的原因。"
    return said


def limit_sentence(report: QuarterReport, registers: Collection[str]) -> str:
    """Say how many cases are overdue or soon due; `registers` are its own with time limits."""
    missing = [label for label in dict.fromkeys(registers) if label not in report.received]
    late, counted = len(report.overdue), len(report.case_limits)
    if counted:
        said = (
            f"截至{chinese_date(report.checkpoint.ends_on)}，超期未办{late}件，"
            f"下一检查点之前到期{counted - late}件（自然日，期限最后一天仍算按期）。"
        )
    elif not registers:
        return "没有收到有办理期限的台账，指标也不由这类台账计算，办理时限无法判断。"
    elif missing and len(missing) == len(set(registers)):
        return f"没有收到{'、'.join(missing)}，办理时限无法判断。"
    else:
        said = "没有超期未办的案件，也没有下一检查点之前到期的案件。"
    return f"{said}没有收到{'、'.join(missing)}，不在其内。" if missing else said


def outlook_sentence(outlooks: Sequence[Outlook | None], *, year_over: bool) -> str:
    """Count what is foretold by its likelihood; the counts add up to all subjects."""
    if not any(outlooks):
        return "没有作出全年预计。"
    likely = Counter(each.likelihood for each in outlooks if each and each.likelihood)
    foretold = sum(each is not None and each.point is not None for each in outlooks)
    parts = {word.label: likely[word] for word in Likelihood}
    parts["有预计值而不判断可能性的"] = foretold - likely.total()
    parts["不能或不需预计的"] = len(outlooks) - foretold
    said = f"{len(outlooks)}个预计对象中，{_tally(parts, '{0}个')}。"
    over = "已到年底，以上按全年实际：“确定能”即已完成，“完全不可能”即未完成。"
    return f"{said}{over}" if year_over else said


def likelihood_text(outlook: Outlook | None) -> str:
    """Write how likely a target is reached; a dash where that is not judged."""
    return (outlook and outlook.told("likelihood")) or "—"


def outlook_words(outlook: Outlook) -> str:
    """Say an outlook in few words: 预计全年91.53%（85.49%—94.15%），有可能."""
    likely = likelihood_text(outlook)
    if not outlook.interval:
        return f"预计全年{outlook.point_text}，{likely}"
    return f"预计全年{outlook.point_text}（{outlook.interval}），{likely}"


def quarantine_sentence(report: QuarterReport) -> str:
    """Say how many rows are still put aside."""
    if not report.quarantine:
        return "没有被隔离的行。"
    return f"现有{report.quarantined}行因下列原因被隔离，没有进入任何数字；改正后重新提交即可计入。"


def audit_sentence(report: QuarterReport) -> str:
    """Say how many findings the ledger's audit made: findings, not verdicts."""
    if not report.audit:
        return "台账审计没有发现线索。"
    kinds = Counter(line.label for line in report.audit)
    return (
        f"台账审计发现{len(report.audit)}条线索：{_tally(kinds, '{0}条')}。"
        "线索须经核实，不是结论；作为证据的行见数据仓库的 audit_finding。"
    )


def missing_sentence(lines: Iterable[IndicatorLine]) -> str:
    """Say which indicators have no data, and which of them no measure feeds."""
    lines = list(lines)
    without = [line for line in lines if line.status is Status.NO_DATA]
    if not without:
        return "各项到期指标都有数据。" if lines else "没有绩效指标。"
    unfed = [line for line in without if line.measure is None]
    said = f"{len(without)}项指标没有数据"
    if unfed:
        said += f"，其中{len(unfed)}项在指标与度量对照表中没有对应的度量"
    return f"{said}：{'；'.join(subject_of(line) for line in without)}。"


def _lights(lines: Iterable[SpendingLine]) -> dict[str, int]:
    return {f"支出{LIGHT_LABELS[word]}": count for word, count in count_lights(lines).items()}


def _statuses(lines: Iterable[IndicatorLine]) -> dict[str, int]:
    return {STATUS_LABELS[word]: count for word, count in count_statuses(lines).items()}


def _tally(counts: Mapping[str, int], written: str) -> str:
    """Write counts, leaving out what there is none of: 已达标3项、无数据1项."""
    return "、".join(label + written.format(count) for label, count in counts.items() if count)
