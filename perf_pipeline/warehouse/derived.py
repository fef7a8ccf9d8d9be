"""Tables of what is made from results: locks, adjustments, outlooks, scores, roll-ups.

`schema` imports them, so that there is one place to import tables from.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, Text

from perf_pipeline.domain.outlook import Likelihood
from perf_pipeline.domain.scoring import Verdict
from perf_pipeline.domain.unit import Unit
from perf_pipeline.warehouse.result import Big, JudgedRow, data, head, key, sentence, told
from perf_pipeline.warehouse.tables import SHARED, Id, moment, numbered, reference, words

quarter_lock = numbered(
    "quarter_lock",
    "关账与重新开账的记录，只增不改；最新一条为现状",
    reference("department_id", "department.id", "部门"),
    reference("checkpoint_id", "checkpoint.id", "检查点"),
    reference("snapshot_id", "snapshot.id", "当时的评价版本"),
    words("action", "closed 关账；reopened 重新开账"),
    words("actor", "操作人"),
    Column("reason", Text, comment="理由；重新开账必填"),
    moment("created_at", "写入时间（UTC）"),
    Index("ix_quarter_lock_quarter", "department_id", "checkpoint_id"),
)


judged_until = numbered(
    "judged_until",
    "评价看到哪里：其后有变化的部门才重新评价，最新一行为准",
    words("kind", "哪种评价，同 snapshot.kind"),
    reference("checkpoint_id", "checkpoint.id", "检查点"),
    words("rests_on", "程序、声明和界限的摘要；空为下次全部重做"),
    Column("files", Id, nullable=False, comment="当时最新的来源文件"),
    Column("departures", Id, nullable=False, comment="当时最新的文件去向"),
    Column("locks", Id, nullable=False, comment="当时最新的关账记录"),
    Column("snapshots", Id, nullable=False, comment="当时最新的版本"),
    Column("alerts", Id, nullable=False, comment="当时最新的预警变化"),
    Column("verdicts", Id, nullable=False, comment="当时最新的核查结论"),
    Index("ix_judged_until_checkpoint_id", "checkpoint_id", "kind"),
    info=SHARED,
)


class Adjustment(
    JudgedRow,
    table="adjustment",
    says="调整：已关账检查点的数字与现在所知不同，记入其后第一个未关账的检查点",
):
    """What late data would change in a closed checkpoint (调整), told in the next open one."""

    quarter: str = key("已关账的检查点", "Closed checkpoint", "如 2024-03")
    closed_version: int = told("关账时的评价版本", "Closed version")
    part: str = data("部分", "Part", "spending 预算执行；indicator 绩效指标")
    subject_key: str = data("项目名称或指标主键", "Subject key")
    project_name: str | None = key("项目名称", "Project name", "部门指标为空")
    section: str | None = key("分项工作", "Line of work", "项目指标为空")
    name: str = key("项目或指标", "Project or indicator", "名称")
    closed_numerator: Big | None = data("关账时的分子", "Numerator then", "预算执行为累计支付，分")
    closed_denominator: Big | None = data("关账时的分母", "Denominator then")
    known_numerator: Big | None = data("现在所知的分子", "Numerator now", "预算执行为累计支付，分")
    known_denominator: Big | None = data("现在所知的分母", "Denominator now")
    closed_text: str = head("关账时", "When closed", "关账时的数字")
    known_text: str = head("现在所知", "As known now", "现在所知的数字")
    difference_text: str | None = head("相差", "Difference", "相差多少；文字类为空")
    closed_judgement: str | None = head(
        "关账时的判断", "Judgement then", "灯色或状态；空为当时没有该项"
    )
    known_judgement: str | None = head(
        "按现在所知的判断", "Judgement now", "灯色或状态；空为现在没有该项"
    )
    sources: str = data("来源行", "Source rows", "引起变化的来源行（JSON）")


class OutlookResult(
    JudgedRow, table="outlook", says="全年预计：项目支出和指标在年底会到多少，能否完成目标"
):
    """Where a year will end (全年预计), for a project's spending or an indicator.

    Amounts are in what `measured_in` says; `point` is None where nothing can be foretold.
    """

    subject: str = data("预计对象", "Subject", "spending 项目支出；indicator 指标")
    subject_key: str = data("项目名称或指标主键", "Subject key")
    project_name: str | None = data("项目名称", "Project name", "部门指标为空")
    measured_in: str | None = data(
        "预计值的单位", "Measured in", "fen 分；bp 万分之一；count 个数；unit 目标的单位"
    )
    point: Big | None = head(
        "全年预计", "Year-end outlook", "预计值（中位数）；空为不能预计", Unit.OF_ROW
    )
    low80: Big | None = head("80%区间下限", "Low end of 80 %", unit=Unit.OF_ROW)
    high80: Big | None = head("80%区间上限", "High end of 80 %", unit=Unit.OF_ROW)
    low95: Big | None = data("95%区间下限", "Low end of 95 %", unit=Unit.OF_ROW)
    high95: Big | None = data("95%区间上限", "High end of 95 %", unit=Unit.OF_ROW)
    probability_bp: int | None = data(
        "完成目标的可能性", "Probability", unit=Unit.SHARE, view="probability"
    )
    likelihood: Likelihood | None = head(
        "完成可能性", "Likelihood", "certain 确定能；possible 有可能；impossible 完全不可能"
    )
    method: str | None = data("预计方法", "Method", "fact past_years first_year")
    similar_cases: str | None = data(
        "相似情况",
        "Similar cases",
        "JSON：数值的含义（budget 当时预算的万分之一，usual 通常全年数的万分之一，"
        "count 本身往年为个数、公开数据同usual，rate 万分之一），各情况的来源（空为本身往年）、"
        "年度、同一时点和年底的数",
    )
    reason: str = sentence("预计说明", "Reason", "怎样预计的，或为什么不能预计")


class ScoredLine(
    JudgedRow,
    table="self_evaluation_result",
    says="绩效自评：每项指标和预算执行率的得分",
):
    """Points (分值) and score (得分) of one indicator, or of the budget's execution."""

    project_name: str | None = key("项目名称", "Project name", "部门指标为空")
    ordinal: int = data("顺序", "Order", "预算执行率为 0")
    part: str = data("部分", "Part", "execution output benefit satisfaction cost")
    indicator_key: str | None = data("指标主键", "Indicator key", "空的是预算执行率")
    level1: str | None = key("一级指标", "First level", "文件原文")
    name: str = key("评分项", "Scored", "三级指标名称，或预算执行率", view="indicator_name")
    raw_target: str | None = head("目标", "Target", "目标值原文")
    actual_text: str | None = head("实际", "Actual", "全年实际值；空为没有数据")
    points_centi: int = head("分值", "Points", unit=Unit.MARKS, view="full_points", form="分值")
    score_centi: int = head("得分", "Score", unit=Unit.MARKS, view="score_points", form="得分")
    verdict: Verdict = head("结论", "Verdict", "met partly unmet over_fulfilled no_data")
    arithmetic: str = sentence("算式和理由", "Arithmetic", "得分的算式和理由")


class ProjectScore(JudgedRow, table="project_score", says="绩效自评：项目得分"):
    """The score of a project (项目得分)."""

    project_name: str = key("项目名称", "Project name")
    budget_fen: Big | None = told("全年预算", "Budget", "空为没有预算", Unit.FEN)
    score_centi: int = head("得分", "Score", unit=Unit.MARKS, view="score_points")
    missing_centi: int = told("没有数据的分值", "Missing", unit=Unit.MARKS, view="missing_points")
    grade: str | None = head("等级", "Grade", "优 良 中 差；空为数据不全，等级未定")
    arithmetic: str = sentence("算式和理由", "Arithmetic", "得分的算式和理由")


class DepartmentScore(
    JudgedRow, table="department_score", says="绩效自评：部门得分，各项目得分按全年预算加权"
):
    """The score of a department (部门得分)."""

    budget_fen: Big = told("参与加权的全年预算", "Budget weighed", unit=Unit.FEN)
    score_centi: int | None = head(
        "得分", "Score", "空为没有可加权的项目", Unit.MARKS, view="score_points"
    )
    missing_centi: int | None = told(
        "没有数据的分值", "Missing", unit=Unit.MARKS, view="missing_points"
    )
    projects: int = told("项目数", "Projects", unit=Unit.THINGS)
    projects_left_out: int = told(
        "未加权的项目数", "Projects left out", "没有预算而未加权的项目数", Unit.THINGS
    )
    grade: str | None = head("等级", "Grade", "优 良 中 差；空为数据不全，等级未定")
    arithmetic: str = sentence("算式和理由", "Arithmetic", "得分的算式和理由")


adjustment = Adjustment.table
outlook = OutlookResult.table
self_evaluation_result = ScoredLine.table
project_score = ProjectScore.table
department_score = DepartmentScore.table

rollup_result = numbered(
    "rollup_result",
    "汇总：部门、区县、市，只加件数和金额，不平均比率",
    reference("checkpoint_id", "checkpoint.id", "检查点"),
    Column("version", Integer, nullable=False, comment="第几版；内容有变才有新版"),
    words("level", "department district city all"),
    Column("city", Text, comment="市；全部为空"),
    Column("district", Text, comment="区县；市和全部为空"),
    Column("department", Text, comment="部门代码；区县、市和全部为空"),
    words("unit", "名称"),
    words("figure", "汇总项，如 paid_fen、status_met 或度量代码"),
    Column("numerator", BigInteger, nullable=False, comment="合计数，或分子合计；金额为分"),
    Column("denominator", BigInteger, comment="分母合计；空为计数"),
    moment("created_at", "写入时间（UTC）"),
    Index("ix_rollup_result_checkpoint_version", "checkpoint_id", "version"),
)
