"""Files as offices hand them in: each is read as a person would read it, or it is told.

The cases stand in tests/data/intake, a kind each. `rows` are the cells, `register` is payment
where none is named; what is done to the workbook besides is `formats`, `cells`, `hidden_rows`,
`hidden_columns`, `merged`, `comments`, `struck`, `red`, `page_header`, `page_footer`, `sheets`
(more of them) and `since_1904`; a text file is its `rows` or its `text`. What must come of it:
`paid`, the sum of all that loads, in fen; or `values`, those of one `column` in the order of the
sheet; or `waits`, the file is refused. `told` are words of a refusal, a quarantined row's reason, a
notice or an ignored column; without them no row may be quarantined.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from perf_pipeline.domain.errors import PerfPipelineError
from perf_pipeline.domain.share import multiple
from perf_pipeline.monitoring.actuals import Limits, read_number
from perf_pipeline.registers.declaration import register
from perf_pipeline.warehouse.plan_entries import plan_shares
from tests.read_register import RegisterReading, read_register

DATA = Path(__file__).parent.parent / "data" / "intake"
NAMES = {"ledgers": "支付台账", "registers": "表"}
NAMES |= dict.fromkeys(("seen_first", "seen_after", "door_first", "door_after"))
NAMES |= dict.fromkeys(("marks_first", "marks_after", "fresh", "offices", "systems", "sub_ledgers"))
AT_LEAST_90 = Limits(">=", "%", 90_000_000, None)


@cache
def cases(name: str) -> Any:
    return yaml.load((DATA / f"{name}.yaml").read_text("utf-8"), yaml.CSafeLoader)


ALL = [(name, kind) for name in NAMES if (DATA / f"{name}.yaml").exists() for kind in cases(name)]


def write(case: Mapping[str, Any], name: str, folder: Path) -> Path:
    path = folder / f"{case.get('name', name)}{case.get('suffix', '.xlsx')}"
    if path.suffix != ".xlsx":
        between = case.get("delimiter", ",")
        lines = ((("" if c is None else str(c)) for c in row) for row in case.get("rows", ()))
        text = case.get("text", "\n".join(map(between.join, lines)))
        path.write_text(text, case.get("encoding", "utf-8"))
        return path
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = case.get("sheet", "Sheet")
    for row in case["rows"]:
        sheet.append(row)
    for at, number_format in case.get("formats", {}).items():
        sheet[at].number_format = number_format
    for at, value in case.get("cells", {}).items():
        sheet[at] = value
    for at, text in case.get("comments", {}).items():
        sheet[at].comment = Comment(text, "")
    for at in case.get("struck", ()):
        sheet[at].font = Font(strike=True)
    for at in case.get("red", ()):
        sheet[at].font = Font(color="FFFF0000")
    if sheet.oddHeader is not None:
        sheet.oddHeader.right.text = case.get("page_header")
    if sheet.oddFooter is not None:
        sheet.oddFooter.left.text = case.get("page_footer")
    for number in case.get("hidden_rows", ()):
        sheet.row_dimensions[number].hidden = True
    for letter in case.get("hidden_columns", ()):
        sheet.column_dimensions[letter].hidden = True
    for area in case.get("merged", ()):
        sheet.merge_cells(area)
    for more in case.get("sheets", ()):
        other = book.create_sheet(more["title"])
        for row in more["rows"]:
            other.append(row)
        other.sheet_state = more.get("state", "visible")
    if case.get("since_1904"):
        book.epoch = CALENDAR_MAC_1904
    book.save(path)
    return path


def read(case: Mapping[str, Any], name: str, folder: Path) -> RegisterReading:
    declared = register(case.get("register", "payment"))
    return read_register(
        write(case, name or declared.label, folder),
        declared,
        fiscal_year=2024,
        known_projects={"项目甲", "项目乙"},
        sources={"项目甲": "财政资金"},
    )


@pytest.mark.parametrize(("table", "kind"), ALL)
def test_a_file_is_read_as_a_person_would_or_is_told(table: str, kind: str, tmp_path: Path) -> None:
    case = cases(table)[kind]
    told = case.get("told", ())
    if case.get("waits"):
        with pytest.raises(PerfPipelineError) as refused:
            read(case, NAMES[table] or "", tmp_path)
        assert [words for words in told if words not in str(refused.value)] == []
        return
    reading = read(case, NAMES[table] or "", tmp_path)
    reasons = [f"{row.column_label}：{row.reason}" for row in reading.quarantined]
    said = "\n".join([*reasons, *map(str, reading.notices), *reading.ignored_columns])
    if "paid" in case:
        paid = sum(int(str(row.values["amount_fen"])) for row in reading.rows)
        assert paid == case["paid"], said
    else:
        assert [row.values[case["column"]] for row in reading.rows] == case["values"], said
    assert [words for words in told if words not in said] == [], said
    assert told or not reasons, said
    assert case.get("skipped", reading.skipped) == reading.skipped
    assert reading.rows_read == len(reading.rows) + len(reading.quarantined) + reading.skipped


@pytest.mark.parametrize(("written", "number_format", "percent"), cases("reported_shares"))
def test_a_reported_share_is_read_or_is_not_comparable(
    written: object, number_format: str, percent: str | None, tmp_path: Path
) -> None:
    heads = ["项目名称", "指标名称", "截至日期", "完成值"]
    rows = [heads, ["项目甲", "设备完好率", "2024-03-05", written]]
    case = {"register": "reported_value", "rows": rows, "formats": {"D2": number_format}}
    texts = [str(row.values["reported_text"]) for row in read(case, "", tmp_path).rows]
    numbers = [read_number(text, AT_LEAST_90) for text in texts]
    assert numbers in ([None], []) if percent is None else [Fraction(percent) / 100], texts


@pytest.mark.parametrize(("written", "shares"), cases("plans"))
def test_a_plan_is_read_or_not_taken(written: list[str], shares: list[int] | None) -> None:
    found, fault = plan_shares(written)
    assert (None if fault else found) == shares, fault


@pytest.mark.parametrize(
    ("name", "raw", "operator", "unit", "limit", "said", "number"), cases("reported_words")
)
def test_a_reported_number_is_a_level_or_is_not_comparable(
    name: str, raw: str, operator: str, unit: str, limit: int, said: str, number: str | None
) -> None:
    micro = int(limit * multiple(unit) * 1_000_000)
    limits = Limits.of(name, raw, unit, operator=operator, target_micro=micro)
    found = read_number(said, limits)
    parts = 100 if unit in ("%", "个百分点") else 1
    assert found == (None if number is None else Fraction(number) / parts)
