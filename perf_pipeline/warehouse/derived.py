"""Tables of what is made from results: locks, adjustments, outlooks, scores, roll-ups.

`schema` imports them, so that there is one place to import tables from.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, DateTime, Index, Integer, Table, Text

from perf_pipeline.domain.outlook import Likelihood
from perf_pipeline.domain.scoring import Verdict
from perf_pipeline.domain.unit import Unit
from perf_pipeline.warehouse.result import Big, JudgedRow, Show, told
from perf_pipeline.warehouse.tables import SHARED, Id, metadata, reference, row_id

quarter_lock = Table(
    "quarter_lock",
    metadata,
    row_id(),
    reference("department_id", "department.id", "部门"),
    reference("checkpoint_id", "checkpoint.id", "检查点"),
    reference("snapshot_id", "snapshot.id", "当时的评价版本"),
    Column("action", Text, nullable=False, comment="closed 关账；reopened 重新开账"),
    Column("actor", Text, nullable=False, comment="操作人"),
    Column("reason", Text, comment="理由；重新开账必填"),
    Column("created_at", DateTime(timezone=True), nullable=False, comment="写入时间（UTC）"),
    Index("ix_quarter_lock_quarter", "department_id", "checkpoint_id"),
    comment="关账与重新开账的记录，只增不改；最新一条为现状",
)


judged_until = Table(
    "judged_until",
    metadata,
    row_id(),
    Column("kind", Text, nullable=False, comment="哪种评价，同 snapshot.kind"),
    reference("checkpoint_id", "checkpoint.id", "检查点"),
    Column("rests_on", Text, nullable=False, comment="程序、声明和界限的摘要；空为下次全部重做"),
    Column("files", Id, nullable=False, comment="当时最新的来源文件"),
    Column("departures", Id, nullable=False, comment="当时最新的文件去向"),
    Column("locks", Id, nullable=False, comment="当时最新的关账记录"),
    Column("snapshots", Id, nullable=False, comment="当时最新的版本"),
    Column("alerts", Id, nullable=False, comment="当时最新的预警变化"),
    Column("verdicts", Id, nullable=False, comment="当时最新的核查结论"),
    Index("ix_judged_until_checkpoint_id", "checkpoint_id", "kind"),
    info=SHARED,
    comment="评价看到哪里：其后有变化的部门才重新评价，最新一行为准",
)


class Adjustment(
    JudgedRow,
    table="adjustment",
    says="调整：已关账检查点的数字与现在所知不同，记入其后第一个未关账的检查点",
):
    """What late data would change in a closed checkpoint (调整), told in the next open one."""

    quarter: str = told("已关账的检查点", "Closed checkpoint", meaning="如 2024-03", show=Show.KEY)
    closed_version: int = told("关账时的评价版本", "Closed version")
    part: str = told(
        "部分", "Part", meaning="spending 预算执行；indicator 绩效指标", show=Show.DATA
    )
    subject_key: str = told("项目名称或指标主键", "Subject key", show=Show.DATA)
    project_name: str | None = told(
        "项目名称", "Project name", meaning="部门指标为空", show=Show.KEY
    )
    section: str | None = told("分项工作", "Line of work", meaning="项目指标为空", show=Show.KEY)
    name: str = told("项目或指标", "Project or indicator", meaning="名称", show=Show.KEY)
    closed_numerator: Big | None = told(
        "关账时的分子", "Numerator then", meaning="预算执行为累计支付，分", show=Show.DATA
    )
    closed_denominator: Big | None = told("关账时的分母", "Denominator then", show=Show.DATA)
    known_numerator: Big | None = told(
        "现在所知的分子", "Numerator now", meaning="预算执行为累计支付，分", show=Show.DATA
    )
    known_denominator: Big | None = told("现在所知的分母", "Denominator now", show=Show.DATA)
    closed_text: str = told("关账时", "When closed", meaning="关账时的数字", show=Show.HEAD)
    known_text: str = told("现在所知", "As known now", meaning="现在所知的数字", show=Show.HEAD)
    difference_text: str | None = told(
        "相差", "Difference", meaning="相差多少；文字类为空", show=Show.HEAD
    )
    closed_judgement: str | None = told(
        "关账时的判断", "Judgement then", meaning="灯色或状态；空为当时没有该项", show=Show.HEAD
    )
    known_judgement: str | None = told(
        "按现在所知的判断", "Judgement now", meaning="灯色或状态；空为现在没有该项", show=Show.HEAD
    )
    sources: str = told("来源行", "Source rows", meaning="引起变化的来源行（JSON）", show=Show.DATA)


class OutlookResult(
    JudgedRow, table="outlook", says="全年预计：项目支出和指标在年底会到多少，能否完成目标"
):
    """Where a year will end (全年预计), for a project's spending or an indicator.

    Amounts are in what `measured_in` says; `point` is None where nothing can be foretold.
    """

    subject: str = told(
        "预计对象", "Subject", meaning="spending 项目支出；indicator 指标", show=Show.DATA
    )
    subject_key: str = told("项目名称或指标主键", "Subject key", show=Show.DATA)
    project_name: str | None = told(
        "项目名称", "Project name", meaning="部门指标为空", show=Show.DATA
    )
    measured_in: str | None = told(
        "预计值的单位",
        "Measured in",
        meaning="fen 分；bp 万分之一；count 个数；unit 目标的单位",
        show=Show.DATA,
    )
    point: Big | None = told(
        "全年预计",
        "Year-end outlook",
        Unit.OF_ROW,
        "预计值（中位数）；空为不能预计",
        show=Show.HEAD,
    )
    low80: Big | None = told("80%区间下限", "Low end of 80 %", Unit.OF_ROW, show=Show.HEAD)
    high80: Big | None = told("80%区间上限", "High end of 80 %", Unit.OF_ROW, show=Show.HEAD)
    low95: Big | None = told("95%区间下限", "Low end of 95 %", Unit.OF_ROW, show=Show.DATA)
    high95: Big | None = told("95%区间上限", "High end of 95 %", Unit.OF_ROW, show=Show.DATA)
    probability_bp: int | None = told(
        "完成目标的可能性", "Probability", Unit.SHARE, show=Show.DATA, view="probability"
    )
    likelihood: Likelihood | None = told(
        "完成可能性",
        "Likelihood",
        meaning="certain 确定能；possible 有可能；impossible 完全不可能",
        show=Show.HEAD,
    )
    method: str | None = told(
        "预计方法", "Method", meaning="fact past_years first_year", show=Show.DATA
    )
    similar_cases: str | None = told(
        "相似情况",
        "Similar cases",
        meaning="JSON：数值的含义（budget 当时预算的万分之一，usual 通常全年数的万分之一，"
        "count 本身往年为个数、公开数据同usual，rate 万分之一），各情况的来源（空为本身往年）、"
        "年度、同一时点和年底的数",
        show=Show.DATA,
    )
    reason: str = told(
        "预计说明", "Reason", meaning="怎样预计的，或为什么不能预计", show=Show.SENTENCE
    )


class ScoredLine(
    JudgedRow,
    table="self_evaluation_result",
    says="绩效自评：每项指标和预算执行率的得分",
):
    """Points (分值) and score (得分) of one indicator, or of the budget's execution."""

    project_name: str | None = told(
        "项目名称", "Project name", meaning="部门指标为空", show=Show.KEY
    )
    ordinal: int = told("顺序", "Order", meaning="预算执行率为 0", show=Show.DATA)
    part: str = told(
        "部分", "Part", meaning="execution output benefit satisfaction cost", show=Show.DATA
    )
    indicator_key: str | None = told(
        "指标主键", "Indicator key", meaning="空的是预算执行率", show=Show.DATA
    )
    level1: str | None = told("一级指标", "First level", meaning="文件原文", show=Show.KEY)
    name: str = told(
        "评分项",
        "Scored",
        meaning="三级指标名称，或预算执行率",
        show=Show.KEY,
        view="indicator_name",
    )
    raw_target: str | None = told("目标", "Target", meaning="目标值原文", show=Show.HEAD)
    actual_text: str | None = told(
        "实际", "Actual", meaning="全年实际值；空为没有数据", show=Show.HEAD
    )
    points_centi: int = told(
        "分值", "Points", Unit.MARKS, show=Show.HEAD, view="full_points", form="分值"
    )
    score_centi: int = told(
        "得分", "Score", Unit.MARKS, show=Show.HEAD, view="score_points", form="得分"
    )
    verdict: Verdict = told(
        "结论", "Verdict", meaning="met partly unmet over_fulfilled no_data", show=Show.HEAD
    )
    arithmetic: str = told(
        "算式和理由", "Arithmetic", meaning="得分的算式和理由", show=Show.SENTENCE
    )


class ProjectScore(JudgedRow, table="project_score", says="绩效自评：项目得分"):
    """The score of a project (项目得分)."""

    project_name: str = told("项目名称", "Project name", show=Show.KEY)
    budget_fen: Big | None = told("全年预算", "Budget", Unit.FEN, "空为没有预算")
    score_centi: int = told("得分", "Score", Unit.MARKS, show=Show.HEAD, view="score_points")
    missing_centi: int = told("没有数据的分值", "Missing", Unit.MARKS, view="missing_points")
    grade: str | None = told(
        "等级", "Grade", meaning="优 良 中 差；空为数据不全，等级未定", show=Show.HEAD
    )
    arithmetic: str = told(
        "算式和理由", "Arithmetic", meaning="得分的算式和理由", show=Show.SENTENCE
    )


class DepartmentScore(
    JudgedRow, table="department_score", says="绩效自评：部门得分，各项目得分按全年预算加权"
):
    """The score of a department (部门得分)."""

    budget_fen: Big = told("参与加权的全年预算", "Budget weighed", Unit.FEN)
    score_centi: int | None = told(
        "得分",
        "Score",
        Unit.MARKS,
        "空为没有可加权的项目",
        show=Show.HEAD,
        view="score_points",
    )
    missing_centi: int | None = told("没有数据的分值", "Missing", Unit.MARKS, view="missing_points")
    projects: int = told("项目数", "Projects", Unit.THINGS)
    projects_left_out: int = told(
        "未加权的项目数", "Projects left out", Unit.THINGS, "没有预算而未加权的项目数"
    )
    grade: str | None = told(
        "等级", "Grade", meaning="优 良 中 差；空为数据不全，等级未定", show=Show.HEAD
    )
    arithmetic: str = told(
        "算式和理由", "Arithmetic", meaning="得分的算式和理由", show=Show.SENTENCE
    )


adjustment = Adjustment.table
outlook = OutlookResult.table
self_evaluation_result = ScoredLine.table
project_score = ProjectScore.table
department_score = DepartmentScore.table

rollup_result = Table(
    "rollup_result",
    metadata,
    row_id(),
    reference("checkpoint_id", "checkpoint.id", "检查点"),
    Column("version", Integer, nullable=False, comment="第几版；内容有变才有新版"),
    Column("level", Text, nullable=False, comment="department district city all"),
    Column("city", Text, comment="市；全部为空"),
    Column("district", Text, comment="区县；市和全部为空"),
    Column("department", Text, comment="部门代码；区县、市和全部为空"),
    Column("unit", Text, nullable=False, comment="名称"),
    Column("figure", Text, nullable=False, comment="汇总项，如 paid_fen、status_met 或度量代码"),
    Column("numerator", BigInteger, nullable=False, comment="合计数，或分子合计；金额为分"),
    Column("denominator", BigInteger, comment="分母合计；空为计数"),
    Column("created_at", DateTime(timezone=True), nullable=False, comment="写入时间（UTC）"),
    Index("ix_rollup_result_checkpoint_version", "checkpoint_id", "version"),
    comment="汇总：部门、区县、市，只加件数和金额，不平均比率",
)
