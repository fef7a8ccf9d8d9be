"""English for the words of what is checked: safeguards, audit, items, re-checked forms."""

from __future__ import annotations

CHECKED: dict[str, str] = {
    "保障措施": "Safeguards",
    "措施": "Safeguard",
    "情况": "What is watched",
    "年初以来": "Year so far",
    "内部控制": "Internal control",
    "待核查的审计线索": "Findings of the audit to be looked into",
    "绩效自评复核结果": "Self-evaluations re-checked",
    "结果应用建议": "Proposals for next year's budget",
    "仅供研究，不公开；由财政部门决定。": "Not to be published; the finance office decides.",
    "本年预算（万元）": "Budget of this year (10,000 yuan)",
    "下年预算建议": "Proposal",
    "依据": "On what ground",
    "按部门": "By department",
    "项目数": "Projects",
    "交表数": "Handed in",
    "复核得分": "Re-checked score",
    "自评质量": "Quality of self-evaluation",
    "其中未核实": "Of it unverified",
    "问题": "Faults",
    "复核以台账和填报记录为准，不高于自评得分。": "Registers decide; never more than claimed.",
    "每类先列金额最大的，另有{0}条见 audit list。": "Largest first; {0} more: audit list.",
    "等级": "Grade",
    "自评得分": "Own score",
    "内部审计线索": "Findings of the internal audit",
    "以下是需要核实的线索，不是结论；每条都有台账中的行为证据，见数据仓库的 audit_finding。": (
        "Findings to be looked into, not conclusions; each has rows of evidence in table "
        "audit_finding."
    ),
    "线索及其证据": "Findings and their evidence",
    "发现": "What was found",
    "行数": "Rows",
    "金额": "Amount",
    "第一行证据": "First row of evidence",
    "整改事项": "Items to be put right",
    "各检查点：最突出的、要求处置的、已承诺的和超时的": (
        "By checkpoint: the worst, answers asked for, promised, overdue"
    ),
    "最突出": "Worst",
    "要求处置": "Answer asked for",
    "超时或升级": "Overdue or escalated",
    "整改台账：编号用于答复": "Ledger of items: the number is the one to answer",
    "编号": "No.",
    "事项": "Item",
    "现状": "State",
    "期限": "Due",
    "差距": "Gap",
    "走势": "Trend",
}
