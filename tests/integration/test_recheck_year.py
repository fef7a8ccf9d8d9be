"""A year's self-evaluations are re-checked: an inflated form is found, a missing one is told."""

import io
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest
from sqlalchemy import Engine

from perf_pipeline.domain.errors import NothingJudgedError
from perf_pipeline.domain.limits import Limits
from perf_pipeline.domain.recheck import RecheckRules
from perf_pipeline.domain.scoring import ScoringRules
from perf_pipeline.measures.compute import compute_measures
from perf_pipeline.monitoring.evaluate import evaluate_quarter
from perf_pipeline.monitoring.recheck.recheck_year import recheck_year
from perf_pipeline.monitoring.recheck.results import FormResult, proposal, read_results
from perf_pipeline.monitoring.self_evaluation import evaluate_year
from perf_pipeline.reports.evaluated_year import load_years
from perf_pipeline.reports.publication import write_publication
from perf_pipeline.reports.query import load_reports
from perf_pipeline.reports.self_evaluation_form import self_evaluation_form
from tests.kept import stand
from tests.year import QUARTERS, take_everything_in

Q4 = QUARTERS[3]
RULES = RecheckRules()
INSURANCE, PATROL = "社会治安保险", "综治重点工作经费"


def inflate(content: bytes) -> bytes:
    """Give everything its full marks, and what was missed a value that attains it."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    for row in range(14, sheet.max_row + 1):
        if sheet.cell(row, 1).value == "总分":
            sheet.cell(row, 8).value = 100
            break
        sheet.cell(row, 8).value = sheet.cell(row, 7).value
        if sheet.cell(row, 4).value == "及时赔付":
            sheet.cell(row, 6).value = "是"
    sheet["K7"] = 10
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def evaluate(engine: Engine) -> None:
    take_everything_in(engine)
    compute_measures(engine, Q4)
    evaluate_quarter(engine, Q4, Limits())
    evaluate_year(engine, Q4, ScoringRules())


def handed_in(engine: Engine, inbox: Path) -> Path:
    stand(engine, "evaluated-december", evaluate)
    with engine.connect() as connection:
        (year,) = load_years(engine, Q4, load_reports(connection, Q4))
    folder = inbox / "2024" / year.report.department_code / "evaluations"
    folder.mkdir(parents=True)
    (folder / "自评表-保险.xlsx").write_bytes(inflate(self_evaluation_form(year, INSURANCE)))
    (folder / "自评表-综治.xlsx").write_bytes(self_evaluation_form(year, PATROL))
    (folder / "说明.txt").write_text("本部门自评表共两份。", "utf-8")
    return folder


def test_an_inflated_form_is_found_and_a_missing_one_told(engine: Engine, tmp_path: Path) -> None:
    handed_in(engine, tmp_path)
    done = recheck_year(engine, tmp_path, Q4, RULES, seed=1, size=2)
    assert [each.path.rsplit("/", 1)[-1] for each in done.refused] == ["说明.txt"]
    with engine.connect() as connection:
        (result,) = read_results(connection, Q4)
    forms = {each.name: each for each in result.projects}
    inflated = forms[INSURANCE]
    faults = {fault.rule for fault in inflated.faults}
    assert {"all_full_marks", "actual_differs"} <= faults
    assert (inflated.form.self_score_centi, inflated.form.score_centi) == (10_000, 8_990)
    assert (inflated.form.grade, inflated.form.sampled) == ("良", True)
    (paid_out,) = [line for line in inflated.lines if line.name == "及时赔付"]
    assert (paid_out.self_actual, paid_out.score_centi, paid_out.deviation_bp) == ("是", 0, 10_000)
    honest = forms[PATROL]
    assert "actual_differs" not in {fault.rule for fault in honest.faults}
    assert honest.form.quality_centi > inflated.form.quality_centi
    without = [each for each in result.projects if each.form.path is None]
    assert without
    assert all([f.rule for f in each.faults] == ["not_handed_in"] for each in without)
    assert result.handed_in == 2
    assert result.score_centi is not None
    assert result.grade is None  # two forms of four say nothing of the department
    checked = [each for each in result.projects if each.form.path is not None]
    assert replace(result, forms=tuple(checked)).grade == "优"
    poor = replace(checked[0], form=replace(checked[0].form, budget_fen=None))
    assert replace(result, forms=(poor, checked[1])).grade is None  # nobody knows its weight


def test_the_same_forms_again_are_no_new_version(engine: Engine, tmp_path: Path) -> None:
    folder = handed_in(engine, tmp_path)
    first = recheck_year(engine, tmp_path, Q4, RULES, seed=1, size=2)
    again = recheck_year(engine, tmp_path, Q4, RULES, seed=1, size=2)
    assert [(each.version, each.is_new) for each in (*first.kept, *again.kept)] == [
        (1, True),
        (1, False),
    ]
    (folder / "自评表-保险.xlsx").unlink()
    (changed,) = recheck_year(engine, tmp_path, Q4, RULES, seed=1, size=2).kept
    assert changed.version == 2


@pytest.mark.on_sqlite
def test_results_are_written_to_work_on_to_publish_and_to_decide(
    engine: Engine, tmp_path: Path
) -> None:
    handed_in(engine, tmp_path)
    recheck_year(engine, tmp_path, Q4, RULES, seed=1, size=2)
    with engine.connect() as connection:
        results = read_results(connection, Q4)
    rules = RecheckRules(not_handed_in_cut_bp=2_000)
    paths = write_publication(results, 2024, rules, tmp_path / "out")
    sheets, published, page, proposals, proposed = paths
    book = openpyxl.load_workbook(sheets)
    assert book.sheetnames == ["复核表1", "复核表2", "问题清单"]
    heads = [cell.value for cell in book["复核表1"][4]]
    assert heads == [
        *("一级指标", "二级指标", "三级指标", "指标性质", "指标值", "度量单位", "权重"),
        *("自评完成值", "自评得分", "复核完成值", "复核得分", "偏离度", "备注"),
    ]
    text = page.read_text("utf-8")
    assert INSURANCE in text
    assert "89.9" in text
    assert "建议" not in text.partition("<script")[0]
    assert "模拟数据" in text.partition("<section")[0]
    for book in map(openpyxl.load_workbook, (published, proposals)):
        assert all("模拟数据" in str(sheet.oddHeader.center.text) for sheet in book)
    assert "支付台账" not in text.partition("<section")[0]
    assert "建议" not in ZipFile(published).read("xl/sharedStrings.xml").decode()
    told = openpyxl.load_workbook(proposals).worksheets[0]
    said = {row[1].value: row[7].value for row in told.iter_rows(min_row=2)}
    assert said[INSURANCE] == "予以保障；说明差异原因并整改"
    assert any("核减20%" in value for value in said.values())
    told_too = proposed.read_text("utf-8")
    assert all(value in told_too for value in said.values() if value)


@pytest.mark.on_sqlite
def test_a_proposal_says_what_it_rests_on(engine: Engine, tmp_path: Path) -> None:
    handed_in(engine, tmp_path)
    recheck_year(engine, tmp_path, Q4, RULES, seed=1, size=2)
    with engine.connect() as connection:
        (result,) = read_results(connection, Q4)
    found: FormResult = next(each for each in result.projects if each.name == INSURANCE)
    said, ground = proposal(found, RecheckRules(wide_gap_centi=2_000))
    assert said == "予以保障"
    assert ground.startswith("复核89.9分，等级良")


def test_a_year_without_scores_cannot_be_rechecked(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(NothingJudgedError, match="请先运行 score"):
        recheck_year(engine, tmp_path, Q4, RULES, seed=1)
