"""English for the words of what is checked: safeguards, audit, re-checked self-evaluations."""

from __future__ import annotations

CHECKED: dict[str, str] = {
    "保障措施": "Safeguards",
    "措施": "Safeguard",
    "情况": "What is watched",
    "年初以来": "Year so far",
    "内部控制": "Internal control",
    "待核查的审计线索": "Findings of the audit to be looked into",
    "绩效自评复核结果": "Self-evaluations re-checked",
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
}
