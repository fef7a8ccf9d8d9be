"""The catalogue of measures (度量目录), as Markdown, made from the code."""

from __future__ import annotations

from collections.abc import Sequence

from perf_pipeline.measures.catalogue import REPORTED
from perf_pipeline.measures.measure import Aggregate, Measure

AGGREGATES = {
    Aggregate.RATE: "比率：分子合计 ÷ 分母合计",
    Aggregate.SUM: "合计",
    Aggregate.DISTINCT: "不同值的个数",
}


def measures_page(measures: Sequence[Measure]) -> str:
    """Return the page about all measures: code, name, how it is computed and from what."""
    lines = [
        "# 度量目录",
        "",
        "由代码（`perf_pipeline/measures/`）生成，`make docs` 更新，请勿手改。",
        "代码写在指标与度量对照表的“度量”一列；每个度量是对数据仓库的一条集合查询，",
        "给出截至任一检查点、所有部门和项目的分子与分母。分母为零即没有数据，不是 0%，也不是 100%。",
        "",
        "| 代码 | 名称 | 如何计算 | 汇总 |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| `{each.code}` | {each.label} | {each.description} | {AGGREGATES[each.aggregate]} |"
        for each in measures
    ]
    lines.append(f"| `{REPORTED}` | 人工填报 | 取人工填报指标值中该指标的最新一行 | |")
    return "\n".join(lines) + "\n"
