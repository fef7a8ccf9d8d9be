"""A header that nobody knows is asked about once, answered in a workbook, and remembered."""

from datetime import date
from pathlib import Path

from openpyxl import Workbook, load_workbook

from perf_pipeline.checking import check_inbox, write_questions
from perf_pipeline.settings import Settings

HEADINGS = ["合同编号", "办理日", "批准数", "往来户", "经办"]
ROWS = [
    ["S-1", date(2024, 3, 5), 1200, "甲公司", "某某"],
    ["S-2", date(2024, 4, 2), 80, "乙", "某某"],
]
ANSWERS = {"办理日": "签订日期", "批准数": "合同金额", "往来户": "供应商"}


def ledger(inbox: Path) -> Path:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append([*HEADINGS, "项目名称", "合同价款说明"])
    for row in ROWS:
        sheet.append([*row, "项目甲", "见附件"])
    path = inbox / "2024" / "某局" / "registers" / "合同台账.xlsx"
    path.parent.mkdir(parents=True)
    book.save(path)
    return path


def test_a_question_is_written_answered_and_remembered(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    path = ledger(inbox)
    settings = Settings(inbox=inbox)
    checked = check_inbox(settings, compare=False)
    [asked] = checked.questions.values()
    assert {each.heading for each in asked} >= {"办理日", "批准数", "往来户"}
    by_heading = {each.heading: each for each in asked}
    assert by_heading["批准数"].examples[:2] == ("1200", "80")
    assert "合同金额（元）" in by_heading["办理日"].lacking

    [written] = write_questions(checked.questions, tmp_path / "questions")
    assert write_questions(checked.questions, tmp_path / "questions") == []
    answers = load_workbook(written)
    sheet = answers.worksheets[0]
    head = next(row for row in sheet.iter_rows() if any(c.value == "表里的列" for c in row))
    at = {cell.value: cell.column for cell in head}
    for row in range(head[0].row + 1, sheet.max_row + 1):
        heading = sheet.cell(row, at["表里的列"]).value
        if heading in ANSWERS:
            sheet.cell(row, at["台账的列"]).value = ANSWERS[heading]
    answers.save(path.parent / written.name)

    again = check_inbox(settings, compare=False)
    assert again.questions == {}
    [file] = [each for each in again.files if each["register"] == "contract"]
    assert file["outcome"] == "loaded"
    assert file["rows_read"] == 2
