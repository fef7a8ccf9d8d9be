"""A figure is the same wherever it stands: in the warehouse, in the views, on paper, on the screen.

Each place has one reader, which reads what a person would read there. A new place is one more
function and one more line of PLACES.
"""

import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from shutil import copytree
from typing import Any, NamedTuple

import pytest
from docx import Document
from lxml import html
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from perf_pipeline.documents.extract import extract_document
from perf_pipeline.domain.status import LIGHT_LABELS, STATUS_LABELS
from tests.integration.warehouse_year import fill_year
from tests.year import DEPARTMENT, ROOT

QUARTER = "2024-06"
WAN, WHOLE = Decimal(1_000_000), Decimal(10_000)
LABELS = {
    str(word): label for words in (LIGHT_LABELS, STATUS_LABELS) for word, label in words.items()
}
NOTHING = ("无数据", "未到期", "未提供", "—", "", None)


class Subject(NamedTuple):
    """What a figure is about: a project, an indicator of it, or one of a line of work."""

    project: str | None
    section: str | None = None
    indicator: str | None = None


# by name: paid, budget, initial_budget (万元), rate (of 1), judgement (its word), actual (written)
Figure = tuple[str, Subject]
Figures = dict[Figure, Decimal | str | None]


@dataclass(frozen=True)
class Place:
    """Where figures stand: how to read them all, which it tells, how finely it writes amounts."""

    read: Callable[[Path], Figures]
    tells: str = "paid budget rate judgement actual"
    places: int = 6  # decimals of 万元: to the fen
    projects_only: bool = False

    def expected(self, truth: Figures) -> Figures:
        """What the place should say, where `truth` is what the warehouse holds."""
        return {
            (name, about): self._rounded(name, value)
            for (name, about), value in truth.items()
            if name in self.tells.split() and (about.project or not self.projects_only)
        }

    def _rounded(self, name: str, value: Decimal | str | None) -> Decimal | str | None:
        if not isinstance(value, Decimal) or name == "rate":
            return value
        return value.quantize(Decimal(1).scaleb(-self.places), ROUND_HALF_UP)


def wan(fen: int | None) -> Decimal | None:
    return None if fen is None else Decimal(fen) / WAN


def number(text: Any) -> Decimal | None:
    """A number as it is written in a cell."""
    if text in NOTHING:
        return None
    return Decimal(str(text).replace(",", "")).normalize()


def judged(rows: list[dict[str, Any]], part: str) -> Iterator[tuple[Figure, Decimal | str | None]]:
    """Figures of rows that have the columns of the result tables."""
    for row in rows:
        if part == "spending":
            about = Subject(row["project_name"])
            yield ("paid", about), wan(row["paid_fen"])
            yield ("budget", about), wan(row["budget_fen"])
            yield ("rate", about), None if row["actual_bp"] is None else row["actual_bp"] / WHOLE
            yield ("judgement", about), LABELS[row["light"]]
            if "initial_budget_fen" in row:
                yield ("initial_budget", about), wan(row["initial_budget_fen"])
        else:
            about = Subject(row["project_name"], row["section"], row["name"])
            yield ("actual", about), row["actual_text"]
            yield ("judgement", about), LABELS[row["status"]]


def query(folder: Path, statement: str) -> list[dict[str, Any]]:
    with sqlite3.connect(folder / "warehouse.db") as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(statement)]


def in_the_tables(folder: Path) -> Figures:
    newest = (
        "SELECT r.* FROM {} r JOIN snapshot s ON s.id = r.snapshot_id "
        "JOIN checkpoint c ON c.id = s.checkpoint_id AND c.name = '2024-06' "
        "WHERE s.version = (SELECT max(version) FROM snapshot o WHERE o.kind = s.kind "
        "AND o.department_id = s.department_id AND o.checkpoint_id = s.checkpoint_id)"
    )
    spending, indicators = (
        query(folder, newest.format(table)) for table in ("spending_result", "indicator_result")
    )
    return dict([*judged(spending, "spending"), *judged(indicators, "indicator")])


def in_the_views(folder: Path) -> Figures:
    at = "JOIN dim_checkpoint c ON c.checkpoint_id = f.checkpoint_id AND c.quarter = '2024-06'"
    figures: Figures = {}
    for row in query(
        folder,
        "SELECT f.*, l.light_label FROM fact_spending f JOIN dim_light l ON l.light = f.light "
        + at,
    ):
        about = Subject(row["project_name"])
        for name in ("paid", "budget", "initial_budget"):
            told = number(row[f"{name}_yuan"])
            figures[name, about] = None if told is None else told / 10_000
        figures["rate", about] = number(row["execution_rate"])
        figures["judgement", about] = row["light_label"]
    for row in query(
        folder,
        "SELECT f.*, w.status_label FROM fact_indicator f "
        "JOIN dim_status w ON w.status = f.status " + at,
    ):
        about = Subject(row["project_name"], row["section"], row["indicator_name"])
        figures["actual", about] = row["actual_text"]
        figures["judgement", about] = row["status_label"]
    return figures


def in_the_report_lines(folder: Path) -> Figures:
    """The kept lines say 36.54万元（45.67%）."""
    figures: Figures = {}
    for row in query(
        folder,
        "SELECT f.* FROM fact_report_line f JOIN dim_checkpoint c "
        "ON c.checkpoint_id = f.checkpoint_id AND c.quarter = '2024-06'",
    ):
        if row["part"] == "spending":
            about = Subject(row["project_name"])
            paid, _, share = row["actual_text"].partition("万元")
            figures["paid", about] = number(paid)
            figures["rate", about] = share_of(share.strip("（）"))
        else:
            about = Subject(row["project_name"], row["section"], row["name"])
            figures["actual", about] = row["actual_text"] or None
        figures["judgement", about] = LABELS[row["judgement"]]
    return figures


def share_of(written: str) -> Decimal | None:
    return None if written in NOTHING else Decimal(written.removesuffix("%")) / 100


def quarter_folder(folder: Path) -> Path:
    return folder / "reports" / DEPARTMENT / QUARTER


def on_the_page(folder: Path) -> Figures:
    [path] = quarter_folder(folder).glob("2024-06-*.html")
    page = html.fromstring(path.read_text("utf-8"))
    figures: Figures = {}

    def cells(row: Any) -> dict[str, str]:
        found = {cell.get("data-label"): cell.text_content().strip() for cell in row.iter("td")}
        [mark] = row.xpath("td[not(@data-label)]/span[starts-with(@class, 'mark')]")
        return found | {"判断": mark.text_content().strip()}

    for row in page.xpath("//section[@aria-labelledby='spending']//tbody/tr"):
        about, told = Subject(row.xpath("th")[0].text.strip()), cells(row)
        figures["paid", about] = number(told["累计支付"])
        figures["budget", about] = number(told["预算数"])
        figures["rate", about] = share_of(told["执行率"])
        figures["judgement", about] = told["判断"]
    for row in page.xpath("//table[contains(@class, 'indicators')]//tr[td]"):
        heads = row.xpath("ancestor::div[@class='project']//h3")
        project = heads[0].text.strip() if heads else None
        sections = row.xpath("preceding-sibling::tr[@class='group'][1]/th")
        section = sections[0].text.strip() if sections else None
        told = cells(row)
        about = Subject(project, section, row.xpath("th")[0].text.strip())
        figures["actual", about] = None if told["实际"] in NOTHING else told["实际"]
        figures["judgement", about] = told["判断"]
    return figures


def word_at_the_end(text: str) -> str:
    """The judgement's word, which stands after its sign."""
    return max((label for label in LABELS.values() if text.endswith(label)), key=len)


def in_the_word_report(folder: Path) -> Figures:
    [path] = quarter_folder(folder).glob("2024-06-*.docx")
    figures: Figures = {}
    for table in Document(str(path)).tables:
        heads, *rows = ([cell.text.strip() for cell in row.cells] for row in table.rows)
        if "执行数" in heads:
            for row in rows[:-1]:  # the last one sums them up
                told, about = dict(zip(heads, row, strict=True)), Subject(row[0])
                for name, head in (("initial_budget", "年初预算"), ("budget", "全年预算")):
                    figures[name, about] = number(told[head])
                figures["paid", about] = number(told["执行数"])
                figures["rate", about] = share_of(told["执行率"])
                figures["judgement", about] = word_at_the_end(told["判断"])
        elif "实际完成" in heads:
            projects = {about.project for _, about in figures if about.indicator is None}
            group = ""
            for row in rows:
                if len(set(row)) == 1:
                    group = row[0]
                    continue
                of = (group, None) if group in projects else (None, group)
                told = dict(zip(heads, row, strict=True))
                about = Subject(*of, re.sub("（[^（）]*·[^（）]*）$", "", told["指标"]))
                figures["actual", about] = None if told["实际完成"] in NOTHING else told["实际完成"]
                figures["judgement", about] = word_at_the_end(told["状态"])
    return figures


def on_the_years_site(folder: Path) -> Figures:
    """The department's page of the year, as far as this checkpoint."""
    path = folder / "reports" / DEPARTMENT / "2024" / "2024-绩效运行监控.html"
    page = html.fromstring(path.read_text("utf-8"))
    figures: Figures = {}

    def newest(row: Any, about: Subject) -> str | None:
        cell = row.xpath("td[starts-with(@class, 'cell')]")[-1]
        [actual] = [each.text_content() for each in cell.iter("b")] or [None]
        said = cell.text_content().strip().removesuffix(actual or "")
        figures["judgement", about] = word_at_the_end(said)
        return actual

    for row in page.xpath("//table[@id='project-table']/tbody/tr"):
        about = Subject(row.xpath("th")[0].text_content().strip())
        budget, paid, *_ = (cell.text_content() for cell in row.xpath("td[@class='num']"))
        figures["budget", about], figures["paid", about] = number(budget), number(paid)
        figures["rate", about] = share_of(newest(row, about) or "—")
    projects = {about.project for _, about in figures}
    for row in page.xpath("//table[@id='indicator-table']/tbody/tr"):
        head = row.xpath("th")[0]
        [group] = (each.text_content() for each in head.xpath("span[@class='sub of']"))
        of = (group, None) if group in projects else (None, group)
        about = Subject(*of, head.text.strip())
        figures["actual", about] = newest(row, about)
    return figures


def in_the_forms(folder: Path) -> Figures:
    """The monitoring forms: amounts as their cells hold them, indicators as they are read back."""
    figures: Figures = {}
    for path in sorted(quarter_folder(folder).glob("项目支出绩效目标执行监控表-*.xlsx")):
        rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
        heads = next(row for row in rows if "年初预算数" in row)
        total = next(row for row in rows if "年度资金总额" in row)

        def under(head: str, heads: Any = heads, total: Any = total) -> Decimal | None:
            [at] = [n for n, each in enumerate(heads) if str(each).endswith(head)]
            return number(total[at])

        [project] = extract_document(path).projects
        about = Subject(project.name)
        figures["initial_budget", about] = under("年初预算数")
        figures["paid", about] = under("月执行数")
        figures["rate", about] = under("执行率")
        for line in project.indicators:
            actual = line.filled.actual if line.filled else None
            of = Subject(project.name, None, line.level3)
            figures["actual", of] = None if actual in NOTHING else actual
    return figures


def on_the_command_line(folder: Path) -> Figures:
    environment = {**os.environ, "PERF_WAREHOUSE_URL": f"sqlite:///{folder / 'warehouse.db'}"}
    program = Path(sys.executable).with_name("perf-pipeline")
    told = subprocess.run(
        [program, "status", "--quarter", QUARTER, "--json"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    [found] = json.loads(told.stdout)
    return dict([*judged(found["spending"], "spending"), *judged(found["indicators"], "indicator")])


PLACES: dict[str, Place] = {
    "status --json": Place(on_the_command_line),
    "BI 视图": Place(in_the_views, "paid budget initial_budget rate judgement actual"),
    "报告行": Place(in_the_report_lines, "paid rate judgement actual", places=2),
    "报告页": Place(on_the_page, places=2),
    "Word 报告": Place(
        in_the_word_report, "paid budget initial_budget rate judgement actual", places=2
    ),
    "年度网页": Place(on_the_years_site, places=2),
    "监控表": Place(in_the_forms, "paid initial_budget rate actual", projects_only=True),
}


def differences(folder: Path, places: dict[str, Place] = PLACES) -> list[str]:
    """Every figure that some place tells otherwise than the warehouse, lacks, or has beyond it."""
    truth = in_the_tables(folder)
    found = []
    for name, place in places.items():
        expected, told = place.expected(truth), place.read(folder)
        for figure in expected.keys() | told.keys():
            pair = [told.get(figure, "没有"), expected.get(figure, "没有")]
            if pair[0] != pair[1]:
                found.append(f"{name}：{figure} {pair[0]}，数据仓库为 {pair[1]}")
    return found


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the judged year and its reports."""
    folder = tmp_path_factory.mktemp("written")
    fill_year(f"sqlite:///{folder / 'warehouse.db'}", folder / "reports").dispose()
    return folder


@pytest.fixture
def tampered(written: Path, tmp_path: Path) -> Path:
    """A copy of it to tamper with."""
    return Path(copytree(written, tmp_path / "tampered"))


def test_every_figure_is_the_same_in_every_place(written: Path) -> None:
    truth = in_the_tables(written)
    projects = {about.project for name, about in truth if name == "paid"}
    indicators = [about for name, about in truth if name == "actual"]
    assert (len(projects), len(indicators)) == (4, 65)
    assert {name for name, _ in truth} == {*PLACES["BI 视图"].tells.split()}
    for name, place in PLACES.items():
        assert len(place.expected(truth)) >= 4 * 3 + 32, name
    assert differences(written) == []


def in_a_form(folder: Path) -> None:
    [path] = quarter_folder(folder).glob("*监控表-综治重点工作经费.xlsx")
    book = load_workbook(path)
    cell = next(c for row in book.active.iter_rows() for c in row if c.value == 67.8)
    cell.value = 67.800001  # a fen more
    book.save(path)


def in_an_indicator_of_a_form(folder: Path) -> None:
    [path] = quarter_folder(folder).glob("*监控表-信访维稳经费.xlsx")
    book = load_workbook(path)
    rates = [c for row in book.active.iter_rows() for c in row if str(c.value).endswith("%")]
    rates[-1].value = "1.00%"
    book.save(path)


def in_the_page(folder: Path) -> None:
    [path] = quarter_folder(folder).glob("2024-06-*.html")
    page = path.read_text("utf-8")
    changed = re.sub(r'(data-label="累计支付"[^>]*>)67\.80<', r"\g<1>67.08<", page)
    assert changed != page
    path.write_text(changed, "utf-8")


def in_the_word_file(folder: Path) -> None:
    [path] = quarter_folder(folder).glob("2024-06-*.docx")
    file = Document(str(path))
    cells = [cell for table in file.tables for row in table.rows for cell in row.cells]
    next(cell for cell in cells if cell.text == "67.80").text = "67.08"
    file.save(str(path))


def in_the_site(folder: Path) -> None:
    path = folder / "reports" / DEPARTMENT / "2024" / "2024-绩效运行监控.html"
    page = path.read_text("utf-8")
    path.write_text(page.replace(">67.80<", ">67.08<"), "utf-8")


def in_an_amount_of_the_tables(folder: Path) -> None:
    with sqlite3.connect(folder / "warehouse.db") as connection:
        connection.execute("UPDATE spending_result SET paid_fen = paid_fen + 1")


def in_a_status_of_the_tables(folder: Path) -> None:
    with sqlite3.connect(folder / "warehouse.db") as connection:
        connection.execute(
            "UPDATE indicator_result SET status = 'met' WHERE status <> 'met' AND snapshot_id IN "
            "(SELECT s.id FROM snapshot s JOIN checkpoint c ON c.id = s.checkpoint_id "
            "WHERE c.name = '2024-06')"
        )


def in_a_view(folder: Path) -> None:
    with sqlite3.connect(folder / "warehouse.db") as connection:
        [text] = connection.execute(
            "SELECT sql FROM sqlite_master WHERE name = 'fact_spending'"
        ).fetchone()
        connection.execute("DROP VIEW fact_spending")
        connection.execute(text.replace("paid_fen / 100.0", "paid_fen / 99.0"))


@pytest.mark.parametrize(
    ("tamper", "differing"),
    [
        (in_a_form, {"监控表"}),
        (in_an_indicator_of_a_form, {"监控表"}),
        (in_the_page, {"报告页"}),
        (in_an_amount_of_the_tables, {"监控表"}),  # others write amounts to the hundred yuan
        (in_a_status_of_the_tables, {"报告行", "报告页", "Word 报告", "年度网页"}),
        (in_the_word_file, {"Word 报告"}),
        (in_the_site, {"年度网页"}),
        (in_a_view, {"BI 视图"}),
    ],
)
def test_one_cell_that_differs_is_named_with_its_place(
    tampered: Path, tamper: Callable[[Path], None], differing: set[str]
) -> None:
    tamper(tampered)
    on_disk = {name: place for name, place in PLACES.items() if name != "status --json"}
    found = differences(tampered, on_disk)  # what the command says, it reads from the tables
    assert {each.partition("：")[0] for each in found} == differing
