"""The official forms: as golden files, on paper, in zips, and with what people try to put in."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pdfplumber
import pytest
from openpyxl import load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.reports.department_form import department_form
from perf_pipeline.reports.evaluated_year import EvaluatedYear
from perf_pipeline.reports.files import write_archives
from perf_pipeline.reports.model import QuarterReport
from perf_pipeline.reports.monitoring_form import monitoring_form
from perf_pipeline.reports.self_evaluation_form import self_evaluation_form
from perf_pipeline.reports.sheet import HIGHEST_ROW
from perf_pipeline.reports.workbook import LONGEST_TEXT
from perf_pipeline.reports.write_year import write_year
from tests.golden_forms import GOLDEN, describe, golden_forms, judged_year
from tests.integration.reports_year import CODE, NOTICE, Q4
from tests.kept import empty_warehouse

HOSTILE = ("=cmd|'/c calc'!A1", "+1+1", "-2+3", "@SUM(A1)", "<r><t>x</t></r>", "#N/A", "a\x07b")
LONG = "因上级统一调整工作部署，原定三季度开展的集中宣传活动推迟，物资采购和租用合同相应顺延；" * 3
GOAL = "维护辖区社会大局稳定，健全矛盾纠纷多元化解机制，提升群众安全感和满意度。" * 60
Judged = tuple[QuarterReport, EvaluatedYear]
PAPER = {(595, 842), (842, 595)}  # A4, in points


@pytest.fixture(scope="module")
def judged(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Judged]:
    folder = tmp_path_factory.mktemp("judged")
    engine = empty_warehouse(f"sqlite:///{folder / 'warehouse.db'}")
    yield judged_year(engine)
    engine.dispose()


def with_texts(report: QuarterReport, name: str, why: str, goal: str) -> QuarterReport:
    """Put a text into every place of a report that people fill."""
    said = {"cause": "人员保障", "cause_words": why, "cause_measures": why}
    return replace(
        report,
        department=name,
        projects=tuple(replace(p, purpose=why, objectives=(goal,)) for p in report.projects),
        spending=tuple(replace(s, note=why, **said) for s in report.spending),
        indicators=tuple(
            replace(i, name=name, raw_target=name, level2=name, **said) for i in report.indicators
        ),
    )


def sheets(workbook: bytes) -> list[Worksheet]:
    return [sheet for sheet in load_workbook(io.BytesIO(workbook)) if isinstance(sheet, Worksheet)]


def filled(sheet: Worksheet) -> list[Cell]:
    return [c for row in sheet.iter_rows() for c in row if isinstance(c, Cell) and c.value]


def test_forms_are_as_they_were_looked_at(judged: Judged) -> None:
    for name, workbook in golden_forms(*judged).items():
        kept = (GOLDEN / name).read_text("utf-8").splitlines()
        assert describe(workbook).splitlines() == kept, f"see tests/golden_forms.py: {name}"


def test_the_same_content_gives_the_same_bytes(judged: Judged) -> None:
    assert golden_forms(*judged) == golden_forms(*judged)


def test_live_formulas_hold_the_values_that_they_come_to(
    judged: Judged,
) -> None:
    _, year = judged
    (form, _) = sheets(self_evaluation_form(year, "信访维稳经费"))
    scored = year.project("信访维稳经费")
    marks = [mark.score_centi for mark in scored.marks.values()]
    values = load_workbook(io.BytesIO(self_evaluation_form(year, "信访维稳经费")), data_only=True)
    total = next(cell for cell in form["H"] if str(cell.value).startswith("=SUM("))
    first, last = re.findall(r"H(\d+)", str(total.value))
    known = values["绩效自评表"]
    added = [known.cell(row, 8).value for row in range(int(first), int(last) + 1)]
    assert [round(each * 100) for each in added] == marks
    assert known[total.coordinate].value == pytest.approx(sum(added) + known["K7"].value)
    assert round(known[total.coordinate].value * 100) == scored.score.score_centi


@pytest.mark.parametrize("text", HOSTILE)
def test_what_begins_like_a_formula_stays_text_in_every_form(judged: Judged, text: str) -> None:
    half, year = (each for each in judged)
    half = with_texts(half, text, text, text)
    year = replace(year, report=with_texts(year.report, text, text, text))
    kept = text.replace("\x07", "")
    for workbook in (
        monitoring_form(half, "综治重点工作经费"),
        self_evaluation_form(year, "综治重点工作经费"),
        department_form(year),
    ):
        found = [c for c in filled(sheets(workbook)[0]) if str(c.value).strip() == kept]
        assert len(found) >= 3
        assert {cell.data_type for cell in found} == {"s"}
        assert {bool(cell.quotePrefix) for cell in found} == {kept[0] in "=+-@"}
        own = r"=(?:ROUND|SUM)\([A-Z0-9:,/()*+SUMPRODCTINAX]+\)(?:\+[A-Z]+\d+)?"
        for sheet in sheets(workbook):
            formulas = [c.value for c in filled(sheet) if c.data_type == "f"]
            assert all(re.fullmatch(own, str(formula)) for formula in formulas)


def test_a_text_longer_than_a_cell_may_be_says_that_it_goes_on(
    judged: Judged,
) -> None:
    half = with_texts(judged[0], "甲", "乙", "丙" * 40_000)
    values = [c.value for c in filled(sheets(monitoring_form(half, "综治重点工作经费"))[0])]
    (goal,) = [value for value in values if str(value).startswith("丙丙")]
    assert len(goal) == LONGEST_TEXT
    assert goal.endswith("（全文40000字，一个单元格最多32767字）")


@pytest.fixture(scope="module")
def printed(
    judged: Judged, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, tuple[bytes, Path]]:
    """Forms as they are and with long texts, each with the PDF that LibreOffice makes of it."""
    soffice = shutil.which("soffice")
    assert soffice, "LibreOffice is missing: sh scripts/install-test-programs.sh"
    half, year = judged
    project = "综治重点工作经费"
    long_half = with_texts(half, "跨区域联合执法协作机制运行情况", LONG, GOAL)
    long_year = replace(year, report=with_texts(year.report, "涉法涉诉化解率", LONG, GOAL))
    forms = {
        "monitoring": monitoring_form(half, project),
        "project": self_evaluation_form(year, project),
        "department": department_form(year),
        "long-monitoring": monitoring_form(long_half, project),
        "long-project": self_evaluation_form(long_year, project),
        "long-department": department_form(long_year),
    }
    folder = tmp_path_factory.mktemp("printed")
    for name, workbook in forms.items():
        (folder / f"{name}.xlsx").write_bytes(workbook)
    profile = f"-env:UserInstallation=file://{tmp_path_factory.mktemp('profile')}"
    command = [soffice, profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder)]
    files = [str(folder / f"{name}.xlsx") for name in forms]
    subprocess.run([*command, *files], check=True, capture_output=True, timeout=300)
    return {name: (workbook, folder / f"{name}.pdf") for name, workbook in forms.items()}


def test_no_text_is_cut_and_no_glyph_is_missing_on_paper(
    printed: dict[str, tuple[bytes, Path]],
) -> None:
    for name, (workbook, pdf) in printed.items():
        with pdfplumber.open(pdf) as pages:
            several = len(pages.pages) > 1
            sizes = {(round(page.width), round(page.height)) for page in pages.pages}
            on_paper = squeezed("".join(c["text"] for page in pages.pages for c in page.chars))
            boxes = {
                squeezed(text)
                for page in pages.pages
                for table in page.extract_tables()
                for row in table
                for text in row
                if text
            }
        assert sizes <= PAPER, name
        assert not {"\ufffd", "\x00"} & set(on_paper), name
        assert "(cid:" not in on_paper, name
        for sheet, cell, rows in texts_of(workbook):
            # a cell over several rows may run over pages; any other has its whole text inside
            lines = cell.value.split("\n")
            inside = squeezed(cell.value) in boxes if cell.border.left.style else True
            assert all(squeezed(line) in on_paper for line in lines), (name, sheet, cell.coordinate)
            assert inside or (rows > 1 and several), (name, sheet, cell.coordinate)


def texts_of(workbook: bytes) -> Iterator[tuple[str, Cell, int]]:
    """Give each cell with a text, and over how many rows it is merged."""
    for sheet in sheets(workbook):
        merged = {(m.min_row, m.min_col): m.max_row - m.min_row + 1 for m in sheet.merged_cells}
        for cell in filled(sheet):
            if isinstance(cell.value, str) and cell.data_type == "s":
                yield sheet.title, cell, merged.get((cell.row, cell.column), 1)


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_forms_take_as_many_pages_as_they_should_and_none_is_blank(
    printed: dict[str, tuple[bytes, Path]],
) -> None:
    most = {"monitoring": 1, "project": 2, "department": 2}
    for name, (_, pdf) in printed.items():
        with pdfplumber.open(pdf) as pages:
            assert len(pages.pages) <= most.get(name, 8), name
            for page in pages.pages:
                picture = page.to_image(resolution=40).original.convert("L")
                dark = sum(picture.histogram()[:128])
                assert dark > picture.width * picture.height / 200, (name, page.page_number)
                edge = max(char["x1"] for char in page.chars)
                assert edge <= page.width, (name, page.page_number)


def test_a_row_is_never_taller_than_a_workbook_allows(
    printed: dict[str, tuple[bytes, Path]],
) -> None:
    for workbook, _ in printed.values():
        for sheet in sheets(workbook):
            heights = [each.height or 0 for each in sheet.row_dimensions.values()]
            assert max(heights) <= HIGHEST_ROW + 0.5


def test_notes_name_the_document_and_what_is_made_up(
    judged: Judged,
) -> None:
    for workbook in golden_forms(*judged).values():
        texts = [str(cell.value) for cell in filled(sheets(workbook)[0])]
        assert f"数据说明：{NOTICE}" in texts
        named = "2024/targets/2024年部门整体绩效目标.docx（第1版，SHA-256 aaaaaaaaaaaa）"
        assert f"绩效目标文件：{named}。" in texts


def test_one_zip_a_department_and_one_for_all_whose_bytes_never_change(
    judged: Judged, tmp_path: Path
) -> None:
    for code in ("a", "b"):
        (tmp_path / code / "2024").mkdir(parents=True)
        (tmp_path / code / "2024" / "表.xlsx").write_bytes(code.encode() * 3)
    forms = {code: [tmp_path / code / "2024" / "表.xlsx"] for code in ("b", "a")}
    zips = write_archives(tmp_path, "2024年绩效自评表", forms)
    assert [path.name for path in zips] == [
        "2024年绩效自评表-b.zip",
        "2024年绩效自评表-a.zip",
        "2024年绩效自评表-全部部门.zip",
    ]
    before = [path.read_bytes() for path in zips]
    with zipfile.ZipFile(zips[-1]) as whole:
        assert whole.namelist() == ["a/表.xlsx", "b/表.xlsx"]
        assert whole.read("b/表.xlsx") == b"bbb"
    with zipfile.ZipFile(zips[0]) as own:
        assert own.namelist() == ["表.xlsx"]
    (tmp_path / "a" / "2024" / "表.xlsx").touch()
    assert [
        path.read_bytes() for path in write_archives(tmp_path, "2024年绩效自评表", forms)
    ] == before


def test_a_form_outside_its_departments_folder_is_not_zipped(tmp_path: Path) -> None:
    (tmp_path / "out" / "a").mkdir(parents=True)
    (tmp_path / "elsewhere.xlsx").write_bytes(b"x")
    with pytest.raises(ConfigurationError, match="不在部门"):
        write_archives(tmp_path / "out", "表", {"a": [tmp_path / "elsewhere.xlsx"]})
    assert not list((tmp_path / "out").glob("*.zip"))


def test_the_years_forms_are_written_once_and_not_over_stale_scores(tmp_path: Path) -> None:
    engine = empty_warehouse(f"sqlite:///{tmp_path / 'warehouse.db'}")
    judged_year(engine)
    (first,) = write_year(engine, Q4, tmp_path / "out")
    assert [path.name for path in first.forms[:2]] == [
        "部门整体支出绩效自评表.xlsx",
        "项目支出绩效自评表-雪亮工程二期尾款及维修保养项目.xlsx",
    ]
    assert {path.parent for path in first.forms} == {(tmp_path / "out" / CODE / "2024").resolve()}
    assert first.written == first.forms
    (second,) = write_year(engine, Q4, tmp_path / "out")
    assert second.written == ()
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE indicator_result SET actual_text = '1%'")
    with pytest.raises(ConfigurationError, match="请先运行 perf-pipeline score"):
        write_year(engine, Q4, tmp_path / "again")
    engine.dispose()
