"""The catalogue of measures (度量目录), as Markdown, made from the declarations."""

from collections.abc import Iterator, Mapping, Sequence

from perf_pipeline.language.spoken import CHINESE, language, say
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

INTRODUCTION = (
    "代码写在指标与度量对照表的“度量”一列；每个度量是对数据仓库的一条集合查询，"
    "给出截至任一检查点、所有部门和项目的分子与分母。分母为零即没有数据，不是 0%，也不是 100%。"
    "一个案件只计一次，计入它见分晓（办完，或期限已过，先到者为准）的那一期，不论哪一年收到。"
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
        say("# 度量目录"),
        "",
        say(
            "由台账声明（`perf_pipeline/registers/declarations/`）生成，"
            "`make docs` 更新，请勿手改。"
        ),
        say(INTRODUCTION),
        "",
        say(f"人工填报的写 `{REPORTED}`：取人工填报指标值中该指标的行。"),
    ]
    for register in registers:
        if register.measures:
            lines += ["", f"## {register.label}（`{register.name}`）"]
        for each in register.measures:
            lines += ["", *_section(each, register, unusable.get(each.code))]
    lines += [
        "",
        say("## 内部审计"),
        "",
        say("每条规则列出线索和作为证据的行，写入 `audit_finding`；线索不是结论。"),
        say("界限见设置 `PERF_AUDIT__…`。"),
        "",
        say("| 代码 | 线索 | 怎样的行 |"),
        "|---|---|---|",
        *(f"| `{each.code}` | {say(each.label)} | {say(each.description)} |" for each in rules),
    ]
    return "\n".join(lines) + "\n"


def _section(each: MeasureDeclaration, register: Register, unusable: str | None) -> Iterator[str]:
    english = each.english
    yield f"### {each.label} `{each.code}`"
    yield ""
    yield f"*{english.label}: {english.description}.*"
    yield ""
    if unusable:
        yield f"**{say('不可用')}**{say(f'：{unusable}')}"
        yield ""
    chinese = language() == CHINESE
    unit = each.unit if chinese or not english.unit else english.unit
    counted = each.description if chinese else english.description
    answers = (
        ("计什么", f"{counted}{say('；')}{say(KINDS[each.kind])}"),
        ("哪个日期决定计入哪一期", say(_counted_when(each, register))),
        ("年度口径", say(each.year.label)),
        ("检查点上的数是", say(JUDGED[each.judged])),
        ("还会怎样变", say(STILL_OPEN[each.open])),
        ("能到多少", say(_reach(each))),
        (
            "怎么说",
            say("，").join(filter(None, (unit, say(MONEY[each.money]), say(BETTER[each.better])))),
        ),
    )
    yield from (f"- {say(question)}{say('：')}{told}" for question, told in answers)


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
