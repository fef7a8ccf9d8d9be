"""The documentation of registers, as Markdown, made from their declarations."""

from collections.abc import Iterator, Sequence

from perf_pipeline.language.spoken import say
from perf_pipeline.registers.declaration import Column, ColumnType, Register
from perf_pipeline.registers.wording import how_to_fill, limit_text, rule_text


def registers_page(registers: Sequence[Register]) -> str:
    """Return the page about all registers: what each is for, its columns, rules and limits."""
    lines = [
        say("# 台账"),
        "",
        say(
            "由台账声明（`perf_pipeline/registers/declarations/`）生成，"
            "`make docs` 更新，请勿手改。"
        ),
        say("文件名以台账名开头；列的顺序不限，表头写列名或别名都可以。"),
        "",
        say("| 台账 | 数据表 | 用途 |"),
        "|---|---|---|",
        *(
            f"| {each.label} | `{each.name}` | {_cell(say(each.description))} |"
            for each in registers
        ),
    ]
    for each in registers:
        lines += ["", *_section(each)]
    return "\n".join(lines) + "\n"


def _section(declared: Register) -> Iterator[str]:
    keys = "、".join(declared.column(name).label for name in declared.key)
    yield f"## {declared.label}"
    yield ""
    yield f"{say(declared.description)} {say('主键：')}{keys}"
    yield ""
    yield say("| 列 | 别名 | 必填 | 类型 | 含义 | 怎么填 | 库内列名 |")
    yield "|---|---|---|---|---|---|---|"
    for column in declared.columns:
        cells = (
            column.label,
            ", ".join(column.aliases),
            say("整列可缺") if column.may_lack else "✓" if column.required else "",
            say(column.type.label),
            say(column.description),
            _filled_in(column),
            f"`{column.name}`",
        )
        yield f"| {' | '.join(map(_cell, cells))} |"
    if declared.rules:
        yield ""
        yield say("规则，违反的行进入隔离：")
        yield ""
        yield from (f"- {say(rule_text(declared, rule))}" for rule in declared.rules)
    if declared.limits:
        yield ""
        yield say("办理期限，按自然日计，最后一天仍算按期：")
        yield ""
        yield from (f"- {say(limit_text(declared, limit))}" for limit in declared.limits)


def _filled_in(column: Column) -> str:
    """Say how a column is filled in; what is typed, and what is counted, stay as they are."""
    own = {f"@{nth}@": choice for nth, choice in enumerate(column.choices)}
    signs: dict[str, object] = {"choices": tuple(own)}
    if column.example:
        signs["example"], own["@like@"] = "@like@", column.example
    if column.unit and column.type is ColumnType.COUNT:
        signs["unit"], own["@unit@"] = "@unit@", column.unit
    told = say(how_to_fill(column.model_copy(update=signs)))
    for sign, word in own.items():
        told = told.replace(sign, word)
    return told


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
