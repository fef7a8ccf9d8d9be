"""The documentation of the warehouse's views, as Markdown, made from their declarations."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from sqlalchemy import Case
from sqlalchemy.sql.visitors import iterate

from perf_pipeline.language.catalogue import catalogue
from perf_pipeline.language.spoken import CHINESE, language, say
from perf_pipeline.warehouse.star.view import View, ViewColumn, type_name
from perf_pipeline.warehouse.views import OWN

INTRODUCTION = (
    "由视图声明（`perf_pipeline/warehouse/star/`）和 `docs/queries/` 生成，"
    "`make docs` 更新，请勿手改。",
    "",
    "报表工具连上 `PERF_WAREHOUSE_URL` 的数据库，用下面的视图即可：维度以 `dim_` 开头，"
    "事实以 `fact_` 开头，关系见图（图中只画键和数字）。视图只读，不占空间，随程序升级重建。",
    "",
    "请给报表工具单独的只读账号；PostgreSQL 上由数据仓库的属主授权一次，视图重建后仍然有效：",
    "`GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader`, "
    "`ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO reader`",
    "",
    "- **只有最新一版**：事实视图给出每个检查点的最新一版；要看历史，用同名的 `…_all_versions`。",
    "- **金额**：`…_fen` 是整数的分，`…_yuan` 是两位小数的元。合计请加分，最后除以 100。",
    "- **比率**：分子、分母都在旁边，汇总时先分别相加，最后相除，不要平均比率。分母为零即没有数据，"
    "为空。",
    "- **小数**：PostgreSQL 中是精确小数（NUMERIC）；SQLite 没有小数类型，是最接近的浮点数，"
    "15 位有效数字以内与精确小数相同。要逐分核对，请用 `…_fen`、`numerator`、`denominator`。",
    "- **键**：`project_key`、`indicator_key` 由部门代码、年度和名称组成，重新读入文件后不变；"
    "行号会变。",
    "- **追溯号**：`figure` 可交给 `perf-pipeline trace` 查到来源文件、工作表和行。",
    "- **每一列的含义**也在库里：PostgreSQL 看注释（COMMENT），"
    "两种数据库都可查 `data_dictionary`：",
    "  `SELECT * FROM data_dictionary WHERE object_name = 'fact_spending'`",
    "- **自建视图**：PostgreSQL 上依赖这些视图的自建视图不会被删，但会挡住升级，并写明是哪些；"
    "请先删除，升级后重建。",
    "- 演示数据的台账是模拟的，`fact_file` 的 `notice` 一列写明。",
)


def warehouse_page(areas: Mapping[str, Sequence[View]], queries: Mapping[str, str]) -> str:
    """Return the page: diagrams, each view with its grain and columns, the example queries.

    `queries` gives each query's text by its file name; its first line is a comment that says what
    it answers.
    """
    lines = [say("# 数据仓库"), "", *map(say, INTRODUCTION), ""]
    for area, views in areas.items():
        lines += [
            f"## {say(area)}",
            "",
            *_diagram(views),
            "",
            say("| 视图 | 内容 | 每行是 |"),
            "|---|---|---|",
        ]
        lines += [
            f"| [`{each.name}`](#{each.name}) | {say(each.label)} | {say(each.grain)} |"
            for each in views
        ]
        for each in views:
            lines += ["", *_section(each)]
        lines.append("")
    lines += [say("## 视图本身"), "", say("| 视图 | 内容 |"), "|---|---|"]
    lines += [f"| `{name}` | {say(about)} |" for name, (about, _) in OWN.items()]
    lines += ["", say("## 查询示例"), "", say("两种数据库上都能运行，每个都有测试核对其结果。")]
    for name, query in queries.items():
        title, _, statement = query.partition("\n")
        lines += ["", f"### {say(title.removeprefix('--').strip())}", ""]
        lines += [f"[{name}](queries/{name})", "", "```sql", statement.strip(), "```"]
    return "\n".join(lines) + "\n"


def read_queries(folder: Path) -> dict[str, str]:
    """Read the example queries of a folder, by file name."""
    return {path.name: path.read_text("utf-8") for path in sorted(folder.glob("*.sql"))}


def _diagram(views: Sequence[View]) -> Iterator[str]:
    """Draw an area of the star in Mermaid: what its views join to, their keys and figures."""
    drawn = [each for each in views if not each.name.endswith("_all_versions")]
    yield "```mermaid"
    yield "erDiagram"
    for each in drawn:
        for column in each.columns:
            if (to := each.refers.get(column.name)) is not None:
                one = "|o" if _may_be_empty(column) else "||"
                yield f'    {to} {one}--o{{ {each.name} : "{column.name}"'
    for each in drawn:
        yield f"    {each.name} {{"
        for column in each.columns:
            mark = "PK" if column.name in each.key else "FK" if column.name in each.refers else ""
            if mark or _is_figure(column):
                yield f"        {type_name(column.type)} {column.name} {mark}".rstrip()
        yield "    }"
    yield "```"


def _may_be_empty(column: ViewColumn) -> bool:
    """Tell whether what a column is made of can be null, so that it can."""
    return any(
        getattr(part, "nullable", False) or (isinstance(part, Case) and part.else_ is None)
        for part in iterate(column.expression)
    )


def _is_figure(column: ViewColumn) -> bool:
    counts = ("numerator", "denominator", "version", "fiscal_year")
    return type_name(column.type) in ("decimal", "date") or column.name in counts


def _section(each: View) -> Iterator[str]:
    yield f"### {each.name}"
    yield ""
    key = ", ".join(f"`{name}`" for name in each.key)
    row = f"{say('每行是：')}{say(each.grain)}{say('。')}"
    yield f"{say(f'{each.label}。')}{row}{say(f'以 {key} 区分。')}".rstrip()
    yield ""
    yield say("| 列 | 类型 | 含义 | 连到 |")
    yield "|---|---|---|---|"
    for column in each.columns:
        to = each.refers.get(column.name)
        cells = (
            f"`{column.name}`",
            type_name(column.type),
            _cell(_with_unit(column)),
            f"`{to}`" if to else "",
        )
        yield f"| {' | '.join(cells)} |"


def _with_unit(column: ViewColumn) -> str:
    """Return a column's comment with 分 as what it counts: of money, or of a score."""
    is_money = column.name.endswith("_fen") or "支付" in column.comment
    unit = "以分计" if is_money else "以分值计"
    told = re.sub("，分(?=[；，]|$)", f"，{unit}", column.comment)
    is_said = language() == CHINESE or catalogue(language()).understands(told)
    return told if is_said else column.comment  # as a message of its own says it


def _cell(text: str) -> str:
    return say(text).replace("|", "\\|").replace("\n", " ")
