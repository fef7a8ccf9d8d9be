"""Every column of every result is the same wherever it is shown.

What is walked comes from the declarations (`warehouse.result`), not from a list here: a column
that somebody declares is looked for in the warehouse's views, in `status --json`, on the page of
the checkpoint and of the year, in the Word report, on the forms and in the kept report lines.
How a value may be written is said here once more, from the unit alone, so that the product's own
writing is checked too.
"""

import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from pathlib import Path
from shutil import copytree
from typing import Any, NamedTuple

import pytest
from docx import Document
from lxml import html
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine
from typer.testing import CliRunner

from perf_pipeline.commands import results as _commands
from perf_pipeline.commands.shell import app
from perf_pipeline.domain.recheck import RecheckRules
from perf_pipeline.domain.unit import Unit
from perf_pipeline.domain.words import LABELS
from perf_pipeline.lineage.columns import column_lineage
from perf_pipeline.monitoring.outlook.subjects import Measured
from perf_pipeline.monitoring.recheck.recheck_year import recheck_year
from perf_pipeline.reports.evaluated_year import load_years
from perf_pipeline.reports.query import load_reports
from perf_pipeline.reports.self_evaluation_form import self_evaluation_form
from perf_pipeline.reports.site.write import write_site
from perf_pipeline.reports.write import write_quarter
from perf_pipeline.warehouse.derived import Adjustment, OutlookResult
from perf_pipeline.warehouse.engine import open_warehouse
from perf_pipeline.warehouse.findings import ReportLine
from perf_pipeline.warehouse.judgements import IndicatorResult, SpendingResult
from perf_pipeline.warehouse.result import DECLARED, Result, Show, Told
from perf_pipeline.warehouse.star import STAR
from tests.integration.test_recheck_year import inflate
from tests.integration.warehouse_year import fill_year
from tests.year import DEPARTMENT, QUARTERS

pytestmark = pytest.mark.long

AT = QUARTERS[1]
NOTHING = {"", "—", "无数据", "未到期", "未提供", "无", None}
JUDGED = (SpendingResult, IndicatorResult)
assert _commands


class Figure(NamedTuple):
    """One value: the column of a row of a table."""

    table: str
    id: int
    column: str


Values = dict[Figure, Any]  # as the warehouse stores them
Said = list[tuple[Figure, Any]]  # as a place says them; a figure may stand in it several times


class Place(NamedTuple):
    """Where results are shown: how to read it, and what it must show, by declaration."""

    read: Callable[[Path], Said]
    shows: Callable[[type[Result], Told], bool]


# what the warehouse holds


def query(folder: Path, statement: str) -> list[dict[str, Any]]:
    with sqlite3.connect(folder / "warehouse.db") as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(statement)]


NEWEST = (
    "SELECT r.*, c.name AS at FROM {} r JOIN snapshot s ON s.id = r.snapshot_id "
    "JOIN checkpoint c ON c.id = s.checkpoint_id WHERE s.version = (SELECT max(version) "
    "FROM snapshot o WHERE o.kind = s.kind AND o.department_id = s.department_id "
    "AND o.checkpoint_id = s.checkpoint_id) ORDER BY r.id"
)


class Truth:
    """The newest rows of every declared result, by table."""

    def __init__(self, folder: Path) -> None:
        self.rows = {
            table: {row["id"]: row for row in query(folder, NEWEST.format(table))}
            for table in DECLARED
        }
        self._writings: dict[Figure, set[Any]] = {}

    def at(self, of: type[Result]) -> list[dict[str, Any]]:
        """Return the rows of the checkpoint that is reported on."""
        rows = self.rows[of.table.name].values()
        return [row for row in rows if row["at"] == AT.name]

    def writings(self, figure: Figure) -> set[Any]:
        """Return every way in which a figure may be written, as `same` compares them."""
        if figure not in self._writings:
            row = self.rows[figure.table][figure.id]
            ways = writings(DECLARED[figure.table], figure.column, row, self)
            self._writings[figure] = {same(way) for way in ways}
        return self._writings[figure]


def grouped(value: int, places: int) -> str:
    said = f"{Decimal(abs(value)).scaleb(-places):,.{places}f}"
    return f"-{said}" if value < 0 else said


def in_wan(fen: int) -> str:
    wan = (Decimal(abs(fen)) / 1_000_000).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{'-' if fen < 0 and wan else ''}{wan:,}"


def writings(of: type[Result], column: str, row: dict[str, Any], truth: Truth) -> set[Any]:
    value, unit = row[column], of.columns[column].unit
    if value is None:
        return set(NOTHING)
    if unit is Unit.OF_ROW:
        return {value, amount_of_outlook(value, row, truth)}
    if column == "similar_cases":
        return {value, cases_in_words(value)}
    if isinstance(value, str):
        word = of.words.get(column)
        said = {value, LABELS[word][word(value)]} if word else {value}
        return said | {value.replace("\n", " ")}
    found: set[Any] = {value}
    match unit:
        case Unit.FEN:
            exact = Decimal(value) / 100
            found |= {f"{grouped(value, 2)}元", in_wan(value), exact, exact / 10_000}
        case Unit.SHARE:
            found |= {f"{grouped(value, 2)}%", Decimal(value) / 10_000}
        case Unit.POINTS:
            sign = "+" if value > 0 else "−" if value < 0 else ""
            plain = f"{Decimal(abs(value)).scaleb(-2):.2f}"
            found |= {f"{'-' if value < 0 else ''}{plain}个百分点", f"{sign}{plain}"}
            found |= {Decimal(value) / 100}
        case Unit.MARKS:
            found |= {Decimal(value) / 100}
        case Unit.MILLIONTHS:
            found |= {Decimal(value) / 1_000_000}
        case _:
            found |= {f"{value}{unit.value.chinese}", bool(value)}
    return found


def cases_in_words(stored: str) -> str:
    """Write the similar cases of a forecast as a page lists them."""
    tells, cases = json.loads(stored)

    def said(value: int) -> str:
        plain = str(value) if tells == "count" else f"{Decimal(value).scaleb(-2):.2f}%"
        return "—" if value == NOT_TOLD else plain

    return "".join(
        f"{source or '本身往年'} {year}：{said(then)} → {said(end)}"
        for source, year, then, end in cases
    )


def amount_of_outlook(value: int, row: dict[str, Any], truth: Truth) -> str:
    match Measured(row["measured_in"]):
        case Measured.SPENDING:
            return f"{in_wan(value)}万元".replace(",", "")
        case Measured.RATE:
            return f"{Decimal(value).scaleb(-2):.2f}%"
    units = {each["indicator_key"]: each["unit"] for each in truth.at(IndicatorResult)}
    return f"{value}{units.get(row['subject_key']) or ''}"


# the places


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
    for of, part in zip(JUDGED, ("spending", "indicators"), strict=True):
        described = {name: each["label"] for name, each in found["columns"][part].items()}
        assert described == {name: each.label for name, each in of.columns.items()}
        for line in found[part]:
            id = int(line["figure"][1:])
            said += [
                (Figure(of.table.name, id, name), line.get(name, "没有")) for name in described
            ]
    return said


def quarter_folder(folder: Path) -> Path:
    return folder / "reports" / DEPARTMENT / AT.name


def on_the_page(folder: Path) -> Said:
    [path] = quarter_folder(folder).glob("*.html")
    return list(marked(path))


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
                    said.append((figure, first.lstrip("●◎▲■◆◇○")))
                    # a note may hold several sentences, one of which is another row's whole note
                    notes = [each for each in noted if f"{rest}；".startswith(f"{each}；")]
                    if notes:
                        note = max(notes, key=len)
                        said.append((Figure(of.table.name, figure.id, "note"), note))
                        rest = rest.removeprefix(note)
                    said += stated(of, figure.id, rest.split("；"))
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
    return of in JUDGED and told.show is not Show.DATA


PLACES: dict[str, Place] = {
    "BI 视图": Place(in_the_views, everything),
    "status --json": Place(on_the_command_line, lambda of, _: of in JUDGED),
    "报告页": Place(on_the_page, lambda of, told: to_people(of, told) and told.label not in KEYS),
    "年度网页": Place(
        on_the_years_site, lambda of, told: to_people(of, told) and told.label not in KEYS
    ),
    "Word 报告": Place(in_the_word_report, lambda of, told: False),  # the gravest alone
    "监控表": Place(in_the_forms, lambda of, told: False),
    "报告行": Place(in_the_report_lines, lambda of, told: False),
}
NOT_TOLD = -(10**8)  # of a similar case, what cannot be told
KEYS = {"项目名称", "分项工作"}  # headings of the blocks that rows stand in


def differences(folder: Path, places: dict[str, Place] = PLACES) -> list[str]:
    """Name every column that a place tells otherwise than the warehouse, or does not tell."""
    truth = Truth(folder)
    found = []
    for name, place in places.items():
        said = place.read(folder)
        for figure, text in said:
            if same(text) not in truth.writings(figure):
                found.append(f"{name}：{figure} {text}")
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


def same(value: Any) -> Any:
    """Compare numbers as numbers and texts without their line breaks."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int | float | Decimal):
        return Decimal(str(value)).normalize()
    return re.sub(r"\s+", "", value) if isinstance(value, str) else value


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the judged year and its reports."""
    folder = tmp_path_factory.mktemp("written")
    engine = fill_year(f"sqlite:///{folder / 'warehouse.db'}", folder / "reports")
    hand_in_an_inflated_form(engine, folder / "evaluated")
    recheck_year(engine, folder / "evaluated", QUARTERS[-1], RecheckRules(), seed=1, size=2)
    engine.dispose()
    return folder


def hand_in_an_inflated_form(engine: Engine, inbox: Path) -> None:
    """Hand in a project's self-evaluation that gives everything its full marks."""
    with engine.connect() as connection:
        (year,) = load_years(engine, QUARTERS[-1], load_reports(connection, QUARTERS[-1]))
    folder = inbox / "2024" / year.report.department_code / "evaluations"
    folder.mkdir(parents=True)
    name = "社会治安保险"
    (folder / "自评表.xlsx").write_bytes(inflate(self_evaluation_form(year, name)))


def test_every_column_of_every_result_is_the_same_in_every_place(written: Path) -> None:
    truth = Truth(written)
    assert [len(truth.at(of)) for of in JUDGED] == [4, 65]
    empty = {of for of in DECLARED.values() if not truth.rows[of.table.name]}
    assert empty <= {Adjustment}
    for name, place in PLACES.items():
        assert len({figure.column for figure, _ in place.read(written)}) >= 7, name
    assert differences(written) == []


@pytest.fixture
def tampered(written: Path, tmp_path: Path) -> Path:
    """A copy of it to tamper with."""
    return Path(copytree(written, tmp_path / "tampered"))


@pytest.fixture(scope="module")
def said_everywhere(written: Path) -> dict[str, Said]:
    """What each place says of the judged year."""
    return {name: place.read(written) for name, place in PLACES.items()}


def swap(monkeypatch: pytest.MonkeyPatch, of: type[Result], one: str, other: str) -> None:
    """Let the reader of a result take each of two columns for the other."""
    plain = Result.__dict__["of"].__func__

    def confused(cls: type[Result], values: Any, **more: Any) -> Result:
        if issubclass(cls, of):
            values = {**values, one: values[other], other: values[one]}
        found: Result = plain(cls, values, **more)
        return found

    monkeypatch.setattr(Result, "of", classmethod(confused))


def places_of(found: list[str]) -> set[str]:
    return {each.partition("：")[0] for each in found}


@pytest.mark.parametrize(
    ("of", "one", "other"),
    [
        (SpendingResult, "budget_fen", "paid_fen"),
        (SpendingResult, "contracts_fen", "due_next_fen"),
        (SpendingResult, "planned_bp", "deviation_bp"),
        (IndicatorResult, "raw_target", "name"),
        (OutlookResult, "low80", "high80"),
    ],
)
def test_two_columns_swapped_are_noticed_in_every_place_that_shows_them(
    said_everywhere: dict[str, Said],
    tampered: Path,
    monkeypatch: pytest.MonkeyPatch,
    of: type[Result],
    one: str,
    other: str,
) -> None:
    shown = {
        name
        for name, said in said_everywhere.items()
        if name != "BI 视图"  # made by the database itself
        and any(
            figure.table == of.table.name and figure.column in (one, other)
            for figure, text in said
            if text not in NOTHING
        )
    }
    swap(monkeypatch, of, one, other)
    engine = open_warehouse(f"sqlite:///{tampered / 'warehouse.db'}")
    write_quarter(engine, AT, tampered / "reports")
    write_site(engine, QUARTERS[:2], tampered / "reports")
    engine.dispose()
    assert len(shown) >= 2
    assert places_of(differences(tampered)) == shown


def alike(of: type[Result], rows: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """Pair each column with the next of its kind whose values are others."""
    kinds: dict[type, list[str]] = {}
    for name, column in of.table.c.items():
        if name in of.columns and name not in of.words:
            kinds.setdefault(type(column.type), []).append(name)
    for names in kinds.values():
        for one, other in pairwise(names):
            if any(row[one] != row[other] for row in rows):
                yield one, other


def without_common_columns(pairs: list[tuple[str, str]]) -> list[list[tuple[str, str]]]:
    """Share pairs out among lists in which no column stands twice: they can be swapped at once."""
    lists: list[list[tuple[str, str]]] = []
    for pair in pairs:
        for each in lists:
            if not set(pair) & {column for other in each for column in other}:
                each.append(pair)
                break
        else:
            lists.append([pair])
    return lists


@pytest.mark.parametrize("of", JUDGED)
def test_any_two_columns_that_a_reader_could_confuse_are_told_apart(
    written: Path, of: type[Result]
) -> None:
    truth = Truth(written)
    pairs = list(alike(of, truth.at(of)))
    assert len(pairs) >= 15
    for at_once in without_common_columns(pairs):
        with pytest.MonkeyPatch.context() as patch:
            for pair in at_once:
                swap(patch, of, *pair)
            said = PLACES["status --json"].read(written)
        for pair in at_once:
            mine = [each for each in said if each[0].column in pair]
            wrong = {each.column for each, text in mine if same(text) not in truth.writings(each)}
            assert wrong == set(pair)


def in_a_form(folder: Path) -> None:
    [path] = quarter_folder(folder).glob("*监控表-综治重点工作经费.xlsx")
    book = load_workbook(path)
    cell = next(c for row in book.active.iter_rows() for c in row if c.value == 67.8)
    cell.value = 67.800001  # a fen more
    book.save(path)


def in_an_indicator_of_a_form(folder: Path) -> None:
    [path] = quarter_folder(folder).glob("*监控表-信访维稳经费.xlsx")
    book = load_workbook(path)
    rates = [c for row in book.active.iter_rows() for c in row if str(c.value).startswith("≥")]
    rates[-1].value = "≥1%"
    book.save(path)


def on_a_page(page: str) -> Callable[[Path], None]:
    def tamper(folder: Path) -> None:
        [path] = (folder / "reports" / DEPARTMENT / page).glob("*.html")
        text = path.read_text("utf-8")
        changed = re.sub(r'(data-column="paid_fen"[^>]*>)67\.80<', r"\g<1>67.08<", text)
        assert changed != text
        path.write_text(changed, "utf-8")

    return tamper


def in_the_word_file(folder: Path) -> None:
    [path] = quarter_folder(folder).glob("*.docx")
    file = Document(str(path))
    cells = [cell for table in file.tables for row in table.rows for cell in row.cells]
    next(cell for cell in cells if cell.text == "67.80").text = "67.08"
    file.save(str(path))


def in_an_amount_of_the_tables(folder: Path) -> None:
    with sqlite3.connect(folder / "warehouse.db") as connection:
        connection.execute("UPDATE spending_result SET paid_fen = paid_fen + 1")


def in_a_view(folder: Path) -> None:
    with sqlite3.connect(folder / "warehouse.db") as connection:
        [text] = connection.execute(
            "SELECT sql FROM sqlite_master WHERE name = 'fact_spending'"
        ).fetchone()
        connection.execute("DROP VIEW fact_spending")
        swapped = text.replace("spending_result.contracts_fen AS", "spending_result.paid_fen AS")
        assert swapped != text
        connection.execute(swapped)


TAMPERED = [
    (in_a_form, "监控表", "spending_result"),
    (in_an_indicator_of_a_form, "监控表", "indicator_result"),
    (on_a_page(AT.name), "报告页", "spending_result"),
    (on_a_page("2024"), "年度网页", "spending_result"),
    (in_the_word_file, "Word 报告", "spending_result"),
    (in_a_view, "BI 视图", "spending_result"),
]
# what the command says, it reads from the tables
ON_DISK = {name: place for name, place in PLACES.items() if name != "status --json"}


def test_each_cell_that_differs_is_named_with_its_place(tampered: Path) -> None:
    for tamper, _, _ in TAMPERED:
        tamper(tampered)
    found = (
        re.match(r"(.+?)：Figure\(table='(\w+)'", each) for each in differences(tampered, ON_DISK)
    )
    named = {each.groups() for each in found if each}
    assert named == {(place, table) for _, place, table in TAMPERED}


def test_an_amount_that_differs_in_the_tables_is_named_with_every_place_that_writes_it_exactly(
    tampered: Path,
) -> None:
    in_an_amount_of_the_tables(tampered)
    # others write this amount to the hundred yuan, the facts of a block to the fen
    assert places_of(differences(tampered, ON_DISK)) == {"监控表", "报告页", "年度网页"}
