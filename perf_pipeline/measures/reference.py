"""The catalogue of measures (度量目录), as Markdown, made from the code."""

from __future__ import annotations

from collections.abc import Sequence

from perf_pipeline.measures.audit_rules import AuditRule
from perf_pipeline.measures.catalogue import REPORTED
from perf_pipeline.measures.measure import Aggregate, Measure

AGGREGATES = {
    Aggregate.RATE: "比率：分子合计 ÷ 分母合计",
    Aggregate.SUM: "合计",
    Aggregate.DISTINCT: "不同值的个数",
}


def measures_page(measures: Sequence[Measure], rules: Sequence[AuditRule]) -> str:
    """Return the page about all measures and audit rules: code, name, how each is computed."""
    lines = [
        "# 度量目录",
        "",
        "由代码（`perf_pipeline/measures/`）生成，`make docs` 更新，请勿手改。",
        "代码写在指标与度量对照表的“度量”一列；每个度量是对数据仓库的一条集合查询，",
        "给出截至任一检查点、所有部门和项目的分子与分母。分母为零即没有数据，",
        "不是 0%，也不是 100%。",
        "",
        "| 代码 | 名称 | 如何计算 | 汇总 |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| `{each.code}` | {each.label} | {each.description} | {AGGREGATES[each.aggregate]} |"
        for each in measures
    ]
    lines.append(f"| `{REPORTED}` | 人工填报 | 取人工填报指标值中该指标的最新一行 | |")
    lines += [
        "",
        "## 内部审计",
        "",
        "每条规则列出线索和作为证据的行，写入 `audit_finding`；线索不是结论。",
        "界限见设置 `PERF_AUDIT__…`。",
        "",
        "| 代码 | 线索 | 怎样的行 |",
        "|---|---|---|",
        *(f"| `{each.code}` | {each.label} | {each.description} |" for each in rules),
    ]
    return "\n".join(lines) + "\n"
