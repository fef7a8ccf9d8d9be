"""How a column is to be filled, in words: for templates, documentation and quarantined rows."""

from __future__ import annotations

from perf_pipeline.domain.money import format_yuan
from perf_pipeline.registers.declaration import Column, ColumnType, Register, Rule, TimeLimit


def how_to_fill(column: Column) -> str:
    """Say what a cell of the column may hold: 金额，单位元，最多两位小数，如 1234.56."""
    match column.type:
        case ColumnType.TEXT if column.known_project:
            return "项目名称，与绩效目标文件一致"
        case ColumnType.TEXT if column.says_something:
            return "文字，写具体内容；只写“知道了”“已阅”“正在处理”不算"
        case ColumnType.TEXT:
            return f"文字，如 {column.example}" if column.example else "文字"
        case ColumnType.COUNT:
            return f"整数{_unit(column)}{_bounds(column)}" + "，不带文字"
        case ColumnType.MONEY:
            return f"金额{_unit(column)}{_bounds(column)}，最多两位小数，如 {example(column)}"
        case ColumnType.DATE:
            within = "，须在财政年度内" if column.in_fiscal_year else ""
            if column.carried_over_until:
                within = "，不晚于财政年度末；年初以前已办完的不计入本年度"
            return f"日期，如 {example(column)}{within}"
        case ColumnType.YES_NO:
            return "“是”或“否”"
        case ColumnType.CHOICE:
            return f"下列之一：{'、'.join(column.choices)}"


def example(column: Column, fiscal_year: int = 2024) -> str:
    """Return a cell as a person would fill it."""
    if column.example:
        return column.example
    match column.type:
        case ColumnType.COUNT:
            return str(max(column.lowest or 0, min(12, column.maximum or 12)))
        case ColumnType.MONEY:
            return "12.50" if column.unit == "万元" else "1234.56"
        case ColumnType.DATE:
            return f"{fiscal_year}-03-05"
        case ColumnType.YES_NO:
            return "是"
        case ColumnType.CHOICE:
            return column.choices[0]
        case ColumnType.TEXT:
            return ""


def rule_text(declared: Register, rule: Rule) -> str:
    """Say a rule between two columns: 办结日期不早于受理日期."""
    column, other = declared.column(rule.column).label, declared.column(rule.other).label
    return {
        "not_before": f"“{column}”不早于“{other}”；填了“{column}”就要填“{other}”",
        "at_most": f"“{column}”不大于“{other}”",
        "both_or_neither": f"“{column}”与“{other}”同时填写或同时留空",
        "any_of": f"“{column}”与“{other}”至少填写一项",
        "filled_where": f"“{column}”为“{rule.when}”的，要填写“{other}”",
        "agrees": f"“{column}”写成数的，等于“{other}”÷{_third(declared, rule)}，或等于“{other}”",
        "adds_up": f"“{column}”等于“{other}”与{_third(declared, rule)}之和",
    }[rule.kind]


def _third(declared: Register, rule: Rule) -> str:
    return f"“{declared.column(rule.third).label}”" if rule.third else ""


def limit_text(declared: Register, limit: TimeLimit) -> str:
    """Say a time limit: 受理：自收到日期起15日内，依据…."""
    start = declared.column(limit.counts_from).label
    said = [f"{limit.label}：自“{start}”起{limit.days}日内"]
    if limit.extended_by:
        extension = declared.column(limit.extended_by)
        most = f"，最多{extension.maximum}日" if extension.maximum is not None else ""
        said.append(f"可按“{extension.label}”延长{most}")
    said.append(limit.source)
    for each in limit.where:
        if each.column and each.not_in:
            kinds = "、".join(map(str, each.not_in))
            said.append(f"“{declared.column(each.column).label}”为“{kinds}”的不适用")
    return "；".join(said)


def hint(declared: Register, column_label: str | None, value: str | None, reason: str) -> str:
    """Say what to do about a quarantined row: its first fault stands in that column."""
    column = next((each for each in declared.columns if each.label == column_label), None)
    if column is None:
        if "工作表" in reason:
            return "改正这个工作表的表头，使每个必填列都有且只有一列，再整份重交"
        return "把含有逗号的文字加上双引号，或另存为 .xlsx，再交"
    keys = "、".join(declared.column(name).label for name in declared.key)
    if "重复" in reason and column.name == declared.key[0]:
        return f"同一笔只留一行；确是两笔的，给它们不同的{keys}"
    related = [rule_text(declared, rule) for rule in declared.rules if rule.column == column.name]
    if value is None and column.required:
        return f"补填“{column.label}”：{how_to_fill(column)}"
    if column.known_project:
        return (
            "改成绩效目标文件中的项目名称；确是新项目的，先交含有它的绩效目标文件；"
            "不属项目支出的（如公用经费）不必处理，不会计入"
        )
    said = f"“{column.label}”应填{how_to_fill(column)}"
    return "；".join([said, *related])


def _unit(column: Column) -> str:
    return f"，单位{column.unit}" if column.unit else ""


def _bounds(column: Column) -> str:
    def written(bound: int) -> str:
        return format_yuan(bound) + "元" if column.type is ColumnType.MONEY else str(bound)

    low, high = column.lowest, column.maximum
    if low is not None and high is not None:
        return f"，在{written(low)}到{written(high)}之间"
    if low is not None:
        return f"，不小于{written(low)}"
    return f"，不大于{written(high)}" if high is not None else ""
