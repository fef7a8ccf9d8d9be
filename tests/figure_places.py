"""The places that show results, each read by itself, and what differs in one from the warehouse.

What a place must show comes from the declarations (`warehouse.result`), not from a list here.
"""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from docx import Document
from lxml import html
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner

from perf_pipeline.commands import results as _commands
from perf_pipeline.commands.shell import app
from perf_pipeline.domain.status import Together
from perf_pipeline.domain.unit import Unit
from perf_pipeline.lineage.columns import column_lineage
from perf_pipeline.measures.audit_rules import RULE_LABELS
from perf_pipeline.measures.catalogue import MEASURES
from perf_pipeline.warehouse.derived import Adjustment
from perf_pipeline.warehouse.findings import AuditFinding, Report, ReportLine
from perf_pipeline.warehouse.judgements import (
    IndicatorResult,
    MeasureValue,
    SpendingResult,
    SpendingSum,
)
from perf_pipeline.warehouse.result import DECLARED, Result, Show, Told
from perf_pipeline.warehouse.star import STAR
from tests.figure_workbooks import in_the_recheck_sheets, in_the_scored_forms
from tests.figure_writings import (
    AT,
    JUDGED,
    NOTHING,
    TOLD,
    Figure,
    Place,
    Said,
    Truth,
    query,
)
from tests.year import DEPARTMENT

assert _commands


def in_the_views(folder: Path) -> Said:
    """Every column of every result has a view's column, under its name or the one declared."""
    said: Said = []
    for table, of in DECLARED.items():
        views = [each for each in STAR if made_of(each.columns[0].expression) == table]
        for view in views[:1]:
            for row in query(folder, f"SELECT * FROM {view.name}"):
                id = row[view.columns[0].name]
                for column, told in of.columns.items():
                    for name in view_names(column, told):
                        value = row[name]
                        if column == "indicator_key" and value is not None:
                            value = value.split("/", 2)[2]
                        exact = isinstance(value, float)
                        value = Decimal(str(value)).normalize() if exact else value
                        said.append((Figure(table, id, column), value))
    return said


def made_of(expression: Any) -> str:
    return str(getattr(getattr(expression, "table", None), "name", ""))


def view_names(column: str, told: Told) -> list[str]:
    if told.unit is Unit.FEN:
        return [column, f"{column.removesuffix('_fen')}_yuan"]
    return [told.view or column]


def on_the_command_line(folder: Path) -> Said:
    url = f"sqlite:///{folder / 'warehouse.db'}"
    told = CliRunner().invoke(
        app, ["status", "--quarter", AT.name, "--json"], env={"PERF_WAREHOUSE_URL": url}
    )
    assert told.exit_code == 0, told.output
    [found] = json.loads(told.stdout)
    said: Said = []
    truth = Truth(folder)
    for of, part in zip(TOLD, ("spending", "indicators", "sums"), strict=True):
        described = {name: each["label"] for name, each in found["columns"][part].items()}
        assert described == {name: each.label for name, each in of.columns.items()}
        for row, line in zip(truth.at(of), found[part], strict=True):
            assert line.get("figure", "").endswith(str(row["id"]) if of in JUDGED else "")
            said += [
                (Figure(of.table.name, row["id"], name), line.get(name, "没有"))
                for name in described
            ]
    for row, line in zip(truth.at(Adjustment), found["adjustments"], strict=True):
        line["sources"] = json.dumps(line["sources"], ensure_ascii=False)
        said += [(Figure("adjustment", row["id"], name), text) for name, text in line.items()]
    return said


def quarter_folder(folder: Path) -> Path:
    return folder / "reports" / DEPARTMENT / AT.name


def on_the_page(folder: Path) -> Said:
    [path] = quarter_folder(folder).glob("*.html")
    truth = Truth(folder)
    versions = html.fromstring(path.read_text("utf-8")).xpath(
        "//tr[starts-with(@data-row, 'adjustment/')]/td[1]"
    )
    said = [
        (Figure("adjustment", row["id"], "closed_version"), cell.text_content().strip()[-3:-2])
        for row, cell in zip(truth.at(Adjustment), versions, strict=True)
    ]
    return [*marked(path), *safeguards(path, truth), *kept_report(path, truth), *said]


def kept_report(path: Path, truth: Truth) -> Iterator[tuple[Figure, Any]]:
    """Read what a page says of its report: the title, the notice, the version it rests on."""
    page = html.fromstring(path.read_text("utf-8"))
    texts = {
        "title": page.xpath("string(//title)").partition(" ")[2],
        "notice": page.xpath("string(//*[@class='notice']//summary/span)"),
        "monitoring_version": page.xpath("string(//dt[.='评价版本']/following-sibling::dd)")[1:-1],
    }
    [row] = truth.at(Report)
    for column, text in texts.items():
        yield Figure("report", row["id"], column), int(text) if text.isdecimal() else text


def safeguards(path: Path, truth: Truth) -> Iterator[tuple[Figure, Any]]:
    """Read what the registers of safeguards come to, by the names of their measures."""
    codes = {each.label: each.code for each in MEASURES}
    ids = {row["measure"]: row["id"] for row in truth.at(MeasureValue)}
    lines = html.fromstring(path.read_text("utf-8")).xpath(
        "//*[@id='safeguards']/ancestor::section//tr"
    )
    for line in lines:
        label, text = [cell.text_content().strip() for cell in line][-2:]
        if label in codes:
            yield Figure("measure_value", ids[codes[label]], "year_numerator"), text


def on_the_years_site(folder: Path) -> Said:
    [path] = (folder / "reports" / DEPARTMENT / "2024").glob("*.html")
    return list(marked(path))


def marked(path: Path) -> Iterator[tuple[Figure, Any]]:
    """Read what a page says: each value under its column, within its row."""
    for cell in html.fromstring(path.read_text("utf-8")).xpath("//*[@data-column]"):
        rows = cell.xpath("ancestor-or-self::*[@data-row][1]")
        if rows:
            table, _, id = rows[0].get("data-row").partition("/")
            text = cell.text_content().strip()
            yield Figure(table, int(id), cell.get("data-column")), text
            if cell.get("data-label"):
                assert (
                    cell.get("data-label") == DECLARED[table].columns[cell.get("data-column")].label
                )


def in_the_word_report(folder: Path) -> Said:
    """Tables whose heads are labels, rows told apart by their figure's number; then sentences."""
    [path] = quarter_folder(folder).glob("*.docx")
    document = Document(str(path))
    truth = Truth(folder)
    noted = {row["note"] for row in truth.at(IndicatorResult) if row["note"]}
    said: Said = []
    for table in document.tables:
        heads, *rows = ([cell.text.strip() for cell in row.cells] for row in table.rows)
        for row in rows if "追溯号" in heads else ():
            of = {"S": SpendingResult, "I": IndicatorResult}.get(row[-1][:1])
            if of is None or not row[-1][1:].isdigit():
                continue
            labels = {told.label: name for name, told in of.columns.items()}
            for head, text in zip(heads, row, strict=True):
                if head in labels and (of.columns[labels[head]].show is not Show.KEY):
                    figure = Figure(of.table.name, int(row[-1][1:]), labels[head])
                    first, _, rest = text.partition("；" if labels[head] == "reason" else "\n")
                    said.append((figure, first.lstrip(SIGNS)))
                    # a note may hold several sentences, one of which is another row's whole note
                    notes = [each for each in noted if f"{rest}；".startswith(f"{each}；")]
                    if notes:
                        note = max(notes, key=len)
                        said.append((Figure(of.table.name, figure.id, "note"), note))
                        rest = rest.removeprefix(note)
                    said += stated(of, figure.id, rest.split("；"))
    said += lists_of_the_word_report(document, truth)
    said += sums_of_the_word_report(document, truth)
    for paragraph in document.paragraphs:
        project, _, text = paragraph.text.partition("：")
        for row in truth.at(SpendingResult) if text else ():
            if row["project_name"] == project and row["reason"] in text:
                pieces = text.removesuffix("。").split("；")
                said += stated(SpendingResult, row["id"], pieces)
                for name in ("reason", "note"):
                    if row[name] and row[name] in text:
                        said.append((Figure("spending_result", row["id"], name), row[name]))
    return said


def sums_of_the_word_report(document: Any, truth: Truth) -> Said:
    """Read the sums of spending: the last row of the projects' table, and a table of their own."""
    names = {f"{Together(row['level']).label}：{row['name']}": row for row in truth.at(SpendingSum)}
    [whole] = (row for row in truth.at(SpendingSum) if row["level"] == "department")
    names |= {f"合计（{whole['projects']}个项目）": whole}
    labels = {told.label: name for name, told in SpendingSum.columns.items()}
    said: Said = []
    for table in document.tables:
        heads, *rows = ([cell.text.strip() for cell in row.cells] for row in table.rows)
        said += [
            (Figure("spending_line", names[row[0]]["id"], labels[head]), text.lstrip(SIGNS))
            for row in rows
            if row[0] in names and "预算数" in heads
            for head, text in zip(heads, row, strict=True)
            if head in labels
        ]
    lost = whole["id"] not in {figure.id for figure, _ in said}
    heads = SpendingSum.shown(Show.HEAD) if lost else ()
    return said + [(Figure("spending_line", whole["id"], name), "没有这一行") for name in heads]


def lists_of_the_word_report(document: Any, truth: Truth) -> Said:
    """Findings told apart by the place of their first evidence, safeguards and adjustments."""
    said: Said = []
    here = f"2024/{DEPARTMENT}/"
    evidence = {
        (RULE_LABELS[row["rule"]], row["place"].replace(here, "")): row
        for row in reversed(truth.at(AuditFinding))
    }
    for table in document.tables:
        heads, *rows = ([cell.text.strip() for cell in row.cells] for row in table.rows)
        if "第一行证据" in heads:
            for rule, project, detail, count, amount, place in rows:
                found = evidence.get((rule, place))
                row = found or truth.at(AuditFinding)[0]
                told = {"project_name": project, "detail": detail}
                told["place"] = row["place"] if found else place
                told |= {"amount_fen": amount} if count == "1" else {}
                said += [(Figure("audit_finding", row["id"], k), v) for k, v in told.items()]
        elif heads[:2] == ["关账检查点", "项目或指标"]:
            columns = ("quarter", "name", "closed_text", "known_text", "difference_text")
            for row, line in zip(truth.at(Adjustment), rows, strict=True):
                line[0] = line[0].partition("（")[0]
                texts = zip(columns, line, strict=True)
                said += [(Figure("adjustment", row["id"], name), text) for name, text in texts]
    return said


def stated(of: type[Result], id: int, pieces: list[str]) -> Said:
    """Read label and value of columns that stand beside a result."""
    labels = {told.label: name for name, told in of.shown(Show.FACT).items()}
    found = (piece.partition(" ") for piece in pieces)
    return [
        (Figure(of.table.name, id, labels[label]), text)
        for label, _, text in found
        if label in labels
    ]


def in_the_forms(folder: Path) -> Said:
    """The monitoring forms, under the headings that the declarations give them."""
    said: Said = []
    truth = Truth(folder)
    for row in truth.at(SpendingResult):
        name = f"项目支出绩效目标执行监控表-{row['project_name']}.xlsx"
        sheet = CalamineWorkbook.from_path(quarter_folder(folder) / name).get_sheet_by_index(0)
        lines = sheet.to_python()
        total = next(line for line in lines if "年度资金总额" in line)
        for column, at in headed(lines, SpendingResult, "年初预算数").items():
            value = total[at] if isinstance(total[at], str) else Decimal(str(total[at]))
            said.append((Figure("spending_result", row["id"], column), value))
        mine = [
            each
            for each in truth.at(IndicatorResult)
            if each["project_name"] == row["project_name"]
        ]
        mine.sort(key=lambda each: (each["ordinal"], each["id"]))
        columns = headed(lines, IndicatorResult, "三级指标")
        top = next(n for n, line in enumerate(lines) if "三级指标" in line) + 2
        above: dict[str, Any] = {}
        for each, line in zip(mine, lines[top:], strict=False):
            for column, at in columns.items():
                merged = column in ("level1", "level2") and not line[at]
                above[column] = above.get(column) if merged else line[at]
                said.append((Figure("indicator_result", each["id"], column), above[column]))
    return said


def headed(lines: list[list[Any]], of: type[Result], among: str) -> dict[str, int]:
    """Find the columns of a form that show a result's, by what the form calls them."""
    heads = next(line for line in lines if among in line)
    return {
        column: at
        for column, told in of.columns.items()
        for at, head in enumerate(heads)
        if told.form and re.fullmatch(rf"(全年|[\d—]+月)?{told.form}", str(head))
    }


def in_the_report_lines(folder: Path) -> Said:
    """A kept line says in each of its texts the columns that its lineage names."""
    said: Said = []
    truth = Truth(folder)
    for line in truth.at(ReportLine):
        of = SpendingResult if line["part"] == "spending" else IndicatorResult
        id = int(line["figure"][1:])
        for column, sources in column_lineage()["report_line"].items():
            for table, name in sources:
                if table == of.table.name and line[column] is not None:
                    figure = Figure(table, id, name)
                    ways = [way for way in truth.writings(figure) if isinstance(way, str) and way]
                    told = [way for way in ways if way in line[column]]
                    said.append((figure, told[0] if told else line[column]))
    return said


def everything(_of: type[Result], _told: Told) -> bool:
    return True


def to_people(of: type[Result], told: Told) -> bool:
    """Tell whether people meet a column of a judged result."""
    return of in TOLD and told.show is not Show.DATA


PLACES: dict[str, Place] = {
    "BI 视图": Place(in_the_views, everything),
    "status --json": Place(on_the_command_line, lambda of, _: of in TOLD),
    "报告页": Place(on_the_page, lambda of, told: to_people(of, told) and told.label not in KEYS),
    "年度网页": Place(
        on_the_years_site, lambda of, told: to_people(of, told) and told.label not in KEYS
    ),
    "Word 报告": Place(in_the_word_report, lambda of, told: False),  # the gravest alone
    "监控表": Place(in_the_forms, lambda of, told: False),
    "报告行": Place(in_the_report_lines, lambda of, told: False),
    "自评表": Place(in_the_scored_forms, lambda of, told: False),
    "复核表": Place(in_the_recheck_sheets, lambda of, told: False),
}
SIGNS = "●◎▲■◆◇○"
KEYS = {"项目名称", "分项工作"}  # headings of the blocks that rows stand in


def differences(folder: Path, places: dict[str, Place] = PLACES) -> list[str]:
    """Name every column that a place tells otherwise than the warehouse, or does not tell."""
    truth = Truth(folder)
    found = []
    for name, place in places.items():
        said = place.read(folder)
        found += [f"{name}：{each} {text}" for each, text in said if truth.denies(each, text)]
        told = {
            figure
            for figure, text in said
            if text not in NOTHING or figure.column in DECLARED[figure.table].words
        }
        for of in DECLARED.values():
            for row in truth.at(of):
                for column, each in of.columns.items():
                    figure = Figure(of.table.name, row["id"], column)
                    if (
                        row[column] not in (None, "")
                        and place.shows(of, each)
                        and figure not in told
                    ):
                        found.append(f"{name}：{figure} 没有")
    return found
