"""The catalogue of measures (度量目录), as Markdown, made from the declarations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from perf_pipeline.measures.audit_rules import AuditRule
from perf_pipeline.measures.catalogue import REPORTED
from perf_pipeline.registers.declaration import Register
from perf_pipeline.registers.measure_declaration import (
    Base,
    Better,
    Kind,
    MeasureDeclaration,
    Money,
    Over,
    StillOpen,
)

KINDS = {
    Kind.RATE: "比率：符合条件的行数 ÷ 计入的行数",
    Kind.SHARE_IN_TIME: "按期率：期限内办完的件数 ÷ 已见分晓的件数",
    Kind.QUOTIENT: "比率：一列的合计 ÷ 另一列的合计",
    Kind.TOTAL: "合计",
    Kind.DISTINCT: "不同值的个数",
    Kind.PYTHON: "由程序计算的比率",
}
STILL_OPEN = {
    StillOpen.NOTHING: "登记的即是定的",
    StillOpen.EITHER: "未见分晓的可成可不成；计入的不再变",
    StillOpen.HIT: "未见分晓的可成可不成；已过期限的，年内办结仍可转为达到",
}
MONEY = {Money.NONE: "", Money.AMOUNTS: "金额，库内以分计", Money.PRICE: "单价"}
JUDGED = {Over.PERIOD: "上一检查点以来的本期数", Over.YEAR: "年初以来的数"}
BETTER = {Better.HIGHER: "越高越好", Better.LOWER: "越低越好"}


def measures_page(
    registers: Sequence[Register], unusable: Mapping[str, str], rules: Sequence[AuditRule]
) -> str:
    """Return the page about all measures and audit rules: the seven answers of each measure."""
    lines = [
        "# 度量目录",
        "",
        "由台账声明（`perf_pipeline/registers/declarations/`）生成，`make docs` 更新，请勿手改。",
        "代码写在指标与度量对照表的“度量”一列；每个度量是对数据仓库的一条集合查询，",
        "给出截至任一检查点、所有部门和项目的分子与分母。分母为零即没有数据，",
        "不是 0%，也不是 100%。一个案件只计一次，计入它见分晓（办完，或期限已过，先到者为准）的",
        "那一期，不论哪一年收到。",
        "",
        f"人工填报的写 `{REPORTED}`：取人工填报指标值中该指标的行。",
    ]
    for register in registers:
        if register.measures:
            lines += ["", f"## {register.label}（`{register.name}`）"]
        for each in register.measures:
            lines += ["", *_section(each, register, unusable.get(each.code))]
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


def _section(each: MeasureDeclaration, register: Register, unusable: str | None) -> Iterator[str]:
    unit = f"{each.unit}（{each.english.unit}）" if each.english.unit else each.unit
    said = "，".join(filter(None, (unit, MONEY[each.money], BETTER[each.better])))
    yield f"### {each.label} `{each.code}`"
    yield ""
    yield f"*{each.english.label}: {each.english.description}.*"
    yield ""
    if unusable:
        yield f"**不可用**：{unusable}"
        yield ""
    yield f"- 计什么：{each.description}（{KINDS[each.kind]}）"
    yield f"- 哪个日期决定计入哪一期：{_counted_when(each, register)}"
    yield f"- 年度口径：{each.year.label}"
    yield f"- 检查点上的数是：{JUDGED[each.judged]}"
    yield f"- 还会怎样变：{STILL_OPEN[each.open]}"
    yield f"- 能到多少：{_reach(each)}"
    yield f"- 怎么说：{said}"


def _counted_when(each: MeasureDeclaration, register: Register) -> str:
    """Say which date puts a row into a period."""

    def label(name: str) -> str:
        return next((f"“{of.label}”" for of in register.columns if of.name == name), name)

    if each.decided:
        ends = [of.label for of in register.limits if of.name == each.decided] or [each.decided]
        return f"“{ends[0]}”办完的日期，或其期限最后一天的次日，先到者为准"
    if each.newest:
        of_each = "、".join(map(label, each.newest.of_each))
        return f"{label(each.newest.column)}；每个{of_each}只取最新一行"
    if each.standing:
        return f"截至当天，{label(each.standing.since)}已到而{label(each.standing.until)}未到"
    return label(each.date) if each.date else "见计算方法"


def _reach(each: MeasureDeclaration) -> str:
    """Say how far the figure can go."""
    if each.base is Base.FIXED:
        return "分母在年初已定"
    if not each.is_rate:
        return "随时间增加，没有上限"
    if each.money is Money.PRICE:
        return "没有上限"
    return "不超过已有的未达到所允许的；分母随时间增加"
