"""The interface's words in English, beside the Chinese that pages are written in.

The words of results (预算数, 累计支付) are not here: their declarations have both languages. Data
stay as they are: names, targets, reasons and source rows are not translated. A word that a
template marks for translation and that is missing here is an error when the page is made.
"""

from __future__ import annotations

from markupsafe import Markup, escape

from perf_pipeline.domain.outlook import LIKELIHOOD_LABELS, Likelihood
from perf_pipeline.domain.status import LIGHT_LABELS, STATUS_LABELS, Light, Status
from perf_pipeline.items.state import STATE_LABELS, State
from perf_pipeline.language.spoken import say
from perf_pipeline.monitoring.outlook.forest import card
from perf_pipeline.quality.open_points import OPEN_LABELS, Open
from perf_pipeline.reports.checked_words import CHECKED
from perf_pipeline.warehouse.schema import DECLARED

_LIGHTS = {
    Light.GREEN: "On plan",
    Light.YELLOW: "Slow",
    Light.RED: "Alert",
    Light.AHEAD: "Ahead",
    Light.UNKNOWN: "Unknown",
}
_STATUSES = {
    Status.MET: "Met",
    Status.ON_TRACK: "On track",
    Status.BEHIND: "Behind",
    Status.MISSED: "Missed",
    Status.NOT_DUE: "Not due",
    Status.NO_DATA: "No data",
}
_STATES = {
    State.WATCHED: "Told",
    State.OPENED: "Waiting for a choice",
    State.CHOSEN: "Chosen",
    State.MEASURES: "Measures",
    State.PROMISED: "Promised",
    State.CHECKED: "Checked",
    State.CLOSED: "Closed",
    State.PASSED: "Carried on",
    State.OVERDUE: "Overdue",
    State.ESCALATED: "Escalated",
    State.CONSEQUENCE: "Consequence proposed",
}
_LIKELY = {
    Likelihood.CERTAIN: "certain",
    Likelihood.POSSIBLE: "possible",
    Likelihood.IMPOSSIBLE: "impossible",
}

_OPEN = {
    Open.FAILED: "Reading failed",
    Open.REFUSED: "File refused",
    Open.QUARANTINED: "Rows in quarantine",
    Open.LEFT: "No longer in the inbox",
    Open.NO_TARGETS: "No targets",
    Open.NOT_HANDED_IN: "Not handed in yet",
    Open.NO_BUDGET: "No budget",
    Open.NO_PLAN: "No spending plan",
    Open.UNCOVERED: "Nothing feeds the indicator",
    Open.IMPLAUSIBLE: "Figures that look wrong",
    Open.NO_ITEM: "No such item",
    Open.IGNORED: "Columns not used",
    Open.NOTICE: "Please note",
}

_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"

ENGLISH: dict[str, str] = {
    "预算绩效运行监控": "Budget performance monitoring",
    "总览": "Overview",
    "预计的准确度": "How good forecasts were",
    "以往说有多大可能的，实际有多少达到：越接近越准。": "Of what was given some chance, how much came true: "
    "the nearer the two, the better.",
    "以往说的可能性": "Chance given",
    "预计次数": "Forecasts",
    "实际达到": "Came true",
    "最终在八成区间内": "Ended within the 80% interval",
    "约{0}%": "about {0}%",
    "相似情况{0}个": "{0} similar cases",
    "同一时点已支出当时预算的 → 年底": "spent of the budget at this time of the year → at its end",
    "同一时点已支出通常全年数的 → 年底": "spent of a usual year at this time → at its end",
    "同一时点的数量 → 年底": "number at this time of the year → at its end",
    "同一时点的比率 → 年底": "rate at this time of the year → at its end",
    "本身往年": "Own past year",
    "还没有到年底的预计可以核对": "No forecast has come to its year's end yet",
    "指标": "Indicators",
    "办理期限": "Time limits",
    "版本变化": "Changes",
    "数据来源": "Data sources",
    "全部部门": "All departments",
    "打印": "Print",
    "页面": "Pages",
    "您在这里": "You are here",
    "跳到内容": "Skip to content",
    "部门代码": "Department code",
    "数据文件": "Files",
    "隔离行": "Rows in quarantine",
    "项目": "Project",
    "理由与全年预计": "Reason and year-end outlook",
    "万元": "10,000 yuan",
    "检查点": "Checkpoint",
    "支出灯色": "Spending lights",
    "指标状态": "Indicator status",
    "各检查点的支出灯色": "Spending lights at each checkpoint",
    "各检查点的指标状态": "Indicator status at each checkpoint",
    "没有需要处理的事项。": "Nothing needs attention.",
    "没有评价": "not judged",
    "自{0}起": "since {0}",
    "查找": "Search",
    "名称、目标或理由": "name, target or reason",
    "部门名称或代码": "department name or code",
    "归属": "Belongs to",
    "全部": "All",
    "有偏差的": "Deviating",
    "清除筛选": "Clear filters",
    "显示{0}项，共{1}项": "{0} of {1} shown",
    "没有符合条件的行。": "No row matches.",
    "筛选": "Filter",
    "计划与实际": "Plan against actual",
    "虚线为计划，实线为实际。": "Dashed: plan. Solid: actual. ",
    "其后的浅色带为全年预计的八成可能区间。": "Pale band after it: 80 % interval of the outlook.",
    "各检查点的预算执行": "Spending at each checkpoint",
    "金额单位：万元": "Amounts in 10,000 yuan",
    "资金用途": "Purpose",
    "绩效目标": "Objectives",
    "项目编码": "Project code",
    "上一个": "Previous",
    "下一个": "Next",
    "指标热图": "Indicator heat map",
    "每格是一个检查点的状态和实际值；点开看来源行。": (
        "Each cell is a checkpoint's status and actual value; open it for its source rows."
    ),
    "不再列入": "no longer asked for",
    "案件在期限内的流转": "Cases against their time limits",
    "截至本检查点已进入该环节的件数，和它们的去向；自然日，期限最后一天仍算按期。": (
        "Cases that had entered each stage, and what became of them. Calendar days; "
        "the last day is still in time."
    ),
    "环节": "Stage",
    "进入": "Entered",
    "按期": "In time",
    "超期办": "Late",
    "超期未办": "Overdue",
    "{0}日内": "within {0} days",
    "没有带办理期限的台账。": "No register has time limits.",
    "超期最久的案件": "Longest overdue cases",
    "案件": "Case",
    "应于": "Due on",
    "来源": "Source",
    "与上一版相比": "Compared with the version before",
    "各检查点都与上一版相同，或只有一版。": "No checkpoint differs from its version before.",
    "第{0}版": "version {0}",
    "数字": "Figure",
    "原为": "Was",
    "现为": "Is",
    "引起变化的来源行": "Source rows that did it",
    "另有{0}行": "{0} more rows",
    "另有{0}项": "{0} more",
    "文件": "File",
    "类别": "Kind",
    "版本": "Version",
    "读取": "Read",
    "入库": "Loaded",
    "隔离": "Quarantined",
    "跳过": "Skipped",
    "读取＝入库＋隔离＋跳过。隔离的行没有进入任何数字。": (
        "Read = loaded + quarantined + skipped. Rows in quarantine are in no figure."
    ),
    "实际值": "Actual",
    "度量": "Measure",
    "怎样计算": "How it is counted",
    "人工填报": "Reported by staff",
    "没有度量与该指标对应": "Nothing feeds this indicator",
    "工作表": "Sheet",
    "行": "Row",
    "计入": "Adds",
    "计入分子": "Adds to numerator",
    "计入分母": "Adds to denominator",
    "共{0}行，列出{1}行": "{1} of {0} rows listed",
    "比率先列未计入分子的行，合计先列最大的行；命令行列出：": (
        "Of a rate the misses come first, of a sum the largest; all of them:"
    ),
    "没有来源行。": "No source rows.",
    "无": "none",
    "部门": "Department",
    "最新检查点": "Newest checkpoint",
    "各部门": "Departments",
    "支出": "Spending",
    "评价版本": "Judgement version",
    "报告版本": "Report version",
    "未存档": "not kept",
    "绩效指标按状态计数": "Indicators counted by status",
    "项指标，其中": "indicators, of which",
    "需要关注的事项": "Needs attention",
    "要点": "Key points",
    "待说明原因": "no reason given yet",
    "为什么": "Why",
    "要求": "Asked",
    "承诺": "Promised",
    "建议": "Advice",
    "{0}前": "by {0}",
    "发出后已变化的预警：{0}条": "Alerts that changed since: {0}",
    "打印全部": "Print all",
    "下载为CSV": "Download as CSV",
    "列出全部": "List all",
    "任何一格里的字": "what any cell says",
    "浏览器太旧，列不出来源行；请用下面的命令。": "This browser is too old to list the source rows; use the command below.",
    "发出后已变化，现为：{0}": "changed since, now: {0}",
    "不再评价": "no longer judged",
    "预算执行": "Spending",
    "偏差＝实际累计比例−计划累计比例，单位为百分点；与截至本检查点的最近一个计划时点比较。": (
        "Deviation = actual minus planned cumulative share, in percentage points, at the "
        "last planned date on or before this checkpoint."
    ),
    "各项目预算、支付与计划比较（金额单位：万元）": (
        "Budget, payments and plan of each project (10,000 yuan)"
    ),
    "没有可评价的项目。": "There is no project to judge.",
    "未提供": "not given",
    "历次": "So far",
    "占全年预算的累计比例。虚线和空心点为计划，实线为实际支付，竖线为本检查点，其后的浅色带为全年预计的八成可能区间。": (
        "Cumulative share of the year's budget. Dashed: plan. Solid: paid. Vertical: this "
        "checkpoint. Pale band after it: 80 % interval of the outlook."
    ),
    "因此没有实际曲线。": "So there is no actual curve.",
    "支付台账在本版评价之后有变动，曲线按现行台账绘制，与评价时的累计支付不一致。": (
        "The payment ledger changed after this judgement: the curve is of the ledger now "
        "and differs from what was judged."
    ),
    "项目绩效指标": "Indicators by project",
    "没有绩效指标。": "No indicators.",
    "分项工作绩效指标": "Indicators by line of work",
    "按分项工作列出的部门绩效指标": "The department's indicators, by line of work",
    "历次检查点": "Checkpoints so far",
    "各项目支出在本年各检查点的判断": "Spending of each project at each checkpoint",
    "读取行数＝入库＋隔离＋跳过（空行、合计行）。隔离的行没有进入任何数字，改正后重新提交即可。每个数字凭追溯号可查到来源文件、工作表和行号。": (
        "Read = loaded + quarantined + skipped (blank rows, totals). Rows in quarantine are in "
        "no figure; mend them and hand them in again. Each figure's number leads to its "
        "file, sheet and row."
    ),
    "现行文件及其版本": "Current files and their versions",
    "待办": "Open points",
    "单位": "Unit",
    "没有用到的列": "Columns that were not used",
    "读入失败": "Intake failed",
    "整份拒收": "File refused",
    "隔离的行": "Rows in quarantine",
    "已不在收件文件夹": "No longer in the inbox",
    "没有绩效目标": "No targets",
    "还没有报送": "Not handed in yet",
    "没有支出计划": "No spending plan",
    "指标没有数据来源": "Nothing feeds the indicator",
    "请留意": "Please note",
    "整个文件未能读取": "The whole file could not be read",
    "{0}行": "{0} rows",
    "偏差原因": "Reason given",
    "截至{0}已超期未办的，和下一检查点之前到期的；自然日，期限最后一天仍算按期。": (
        "Overdue on {0}, and due before the next checkpoint. Calendar days; the last day "
        "is still in time."
    ),
    "按台账和环节统计的件数": "Cases by register and stage",
    "即将到期": "Due soon",
    "调整": "Adjustments",
    "已关账的检查点不再改动；关账后才知道的数据，与关账时的差额列在这里。本检查点的累计数已包含这些数据。": (
        "Closed checkpoints stay as they are; what became known later is listed here and "
        "is in this checkpoint's totals."
    ),
    "关账检查点": "Closed checkpoint",
}
ENGLISH |= CHECKED
ENGLISH |= {source["called"]: source["place"] for source in card()["sources"]}
ENGLISH |= {of.label: of.english for row in DECLARED.values() for of in row.columns.values()}
ENGLISH |= {f"{month}月底": f"End of {name}" for month, name in enumerate(_MONTHS.split(), 1)}
ENGLISH |= {label: _OPEN[kind] for kind, label in OPEN_LABELS.items()}
ENGLISH |= {label: _LIGHTS[light] for light, label in LIGHT_LABELS.items()}
ENGLISH |= {label: _STATUSES[status] for status, label in STATUS_LABELS.items()}
ENGLISH |= {label: _STATES[state] for state, label in STATE_LABELS.items()}
ENGLISH |= {label: _LIKELY[likely] for likely, label in LIKELIHOOD_LABELS.items()}


def translated(word: str, *values: object) -> Markup:
    """Mark a word of the interface for the language switch; KeyError where it has no English."""
    english = ENGLISH[word]
    if not values:
        return Markup("<span data-t>{}</span>").format(word)
    return Markup('<span data-t data-en="{}">{}</span>').format(
        english.format(*(ENGLISH.get(str(value), value) for value in values)), word.format(*values)
    )


def spoken(text: str) -> Markup:
    """Write a sentence, with its English for the language switch where the installation speaks it.

    What is not understood stays as it is, in the page's Chinese.
    """
    said = say(text)
    if said == text:
        return escape(text)
    return Markup('<span data-t data-en="{}">{}</span>').format(said, text)


def translated_attribute(word: str, name: str) -> Markup:
    """Write an attribute whose value the language switch changes."""
    if word not in ENGLISH:
        raise KeyError(word)
    return Markup('{}="{}" data-ta="{}"').format(Markup(name), word, Markup(name))
