"""Tables with a column for each month, and sums of a month whose day stands in the title."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import pytest

from perf_pipeline.domain.errors import LayoutError
from perf_pipeline.registers.declaration import register
from tests.read_register import RegisterReading, read_register
from tests.unit.register_files import workbook

A, B = "项目甲", "项目乙"
Row = Sequence[object]
TITLE = ["2024年项目支出分月表"]


def read(tmp_path: Path, *rows: Row, name: str = "支付台账.xlsx") -> RegisterReading:
    path = workbook(tmp_path / name, *rows)
    sources = {A: "财政资金", B: "财政资金"}
    return read_register(
        path, register("payment"), fiscal_year=2024, known_projects={A, B}, sources=sources
    )


def months(reading: RegisterReading) -> dict[tuple[object, str], int]:
    """What was paid by project and month's end, in yuan."""
    paid: Counter[tuple[object, str]] = Counter()
    for row in reading.rows:
        amount = row.values["amount_fen"]
        assert isinstance(amount, int)
        paid[row.values["project_name"], f"{row.values['paid_on']:%m-%d}"] += amount // 100
    return dict(paid)


@pytest.mark.parametrize(
    ("rows", "paid"),
    [
        (
            [TITLE, ["项目名称", "1月", "2月", "3月", "合计"], [A, 30, None, "-", 30]],
            {(A, "01-31"): 30},
        ),
        (
            [["项目", "2024-02", "2024-03", "合计"], [A, 30, 10, 40], [B, 0, 5, 5]],
            {(A, "02-29"): 30, (A, "03-31"): 10, (B, "03-31"): 5},
        ),
        (
            [["项目", "一季度", "第二季度", "上半年", "三季度", "全年"], [A, 30, 10, 40, 2, 42]],
            {(A, "03-31"): 30, (A, "06-30"): 10, (A, "09-30"): 2},
        ),
        (
            [["项目", datetime(2024, 1, 1), datetime(2024, 2, 1)], [A, 30, 10]],
            {(A, "01-31"): 30, (A, "02-29"): 10},
        ),
        ([["Project", "Jan", "Feb", "Total"], [A, 3, 1, 4]], {(A, "01-31"): 3, (A, "02-29"): 1}),
        (
            [["项目", "十一月", "十二月", "总计"], [A, 3, 1, 4], ["合计", 3, 1, 4]],
            {(A, "11-30"): 3, (A, "12-31"): 1},
        ),
        (
            [["单位：万元"], ["项目", "1月支出", "2月支出", "合计"], [A, 0.1, 0.2, 0.3]],
            {(A, "01-31"): 1000, (A, "02-29"): 2000},
        ),
        (
            [["项目", "预算数", "1月份", "2月份", "支出合计", "执行率"], [A, 99, 3, -1, 2, "2%"]],
            {(A, "01-31"): 3, (A, "02-29"): -1},
        ),
        (
            [["项目名称", "2024年", None, "合计"], [None, "1月", "2月", None], [A, 3, 1, 4]],
            {(A, "01-31"): 3, (A, "02-29"): 1},
        ),
        (
            [["收款单位", "项目名称", "1月", "2月"], ["甲公司", A, 3, None], ["乙公司", A, 4, 5]],
            {(A, "01-31"): 7, (A, "02-29"): 5},
        ),
        (
            [["截至2024年6月30日支出情况"], ["项目", "本月支出", "累计支出"], [A, 3, 9]],
            {(A, "06-30"): 3},
        ),
        ([["编制日期：2024-06-30"], ["项目", "本月数", "本年累计"], [A, 3, 9]], {(A, "06-30"): 3}),
        ([["二〇二四年六月"], ["项目", "本期发生额"], [A, 3]], {(A, "06-30"): 3}),
        ([["2024年1-6月支出"], ["项目", "本月数", "累计数"], [A, 3, 9]], {(A, "06-30"): 3}),
        (
            [["项目", "1月（万元）", "2月（万元）", "合计"], [A, 0.3, 1, 1.3]],
            {(A, "01-31"): 3000, (A, "02-29"): 10000},
        ),
        (
            [["2024年6月"], ["项目", "本月数（万元）", "累计数（万元）"], [A, 3, 9]],
            {(A, "06-30"): 30000},
        ),
        (  # what paid nothing is known to have paid nothing
            [["项目", "1月", "2月", "合计"], [A, 3, 1, 4], [B, "-", None, 0]],
            {(A, "01-31"): 3, (A, "02-29"): 1, (B, "01-31"): 0},
        ),
        (
            [["项目名称", "2024年", None, "备注"], [None, "1月", "2月", None], [A, 3, 1, "无"]],
            {(A, "01-31"): 3, (A, "02-29"): 1},
        ),
    ],
)
def test_each_month_of_a_row_is_a_payment_on_its_last_day(
    tmp_path: Path, rows: Sequence[Row], paid: dict[tuple[str, str], int]
) -> None:
    reading = read(tmp_path, *rows)
    assert months(reading) == paid
    assert not reading.quarantined
    assert any(notice.code == "by_months" for notice in reading.notices)


def test_the_name_of_the_file_may_say_the_month(tmp_path: Path) -> None:
    reading = read(tmp_path, ["项目", "本月数", "累计数"], [A, 3, 9], name="支付台账2024年6月.xlsx")
    assert months(reading) == {(A, "06-30"): 3}
    assert reading.rows[0].values["purpose"] == "当月数"


@pytest.mark.parametrize(
    ("rows", "asked"),
    [
        ([TITLE, ["项目", "1月", "2月", "合计"], [A, 3, 1, 5]], "合计写着5，各月加起来是4"),
        ([["项目", "1月", "1-2月", "1-3月"], [A, 3, 5, 6]], "合计写着5"),
        ([["项目", "1-3月", "3-6月"], [A, 3, 5]], "有一个月份有两列"),
        ([["项目", "1月", "2月", "2月", "合计"], [A, 3, 1, 1, 5]], "有一个月份有两列"),
        ([["项目", "1月", "2月", "3月", "4月"], [A, 1, 2, 3, 4]], "累计数"),
        ([["2024年6月"], ["项目", "本月数", "累计数"], [A, 9, 3]], "本月数9大于累计数3"),
        ([["项目", "本月数", "累计数"], [A, 3, 9]], "缺少列|没有找到表头"),
        ([TITLE, ["项目", "1月", None], [None, "预算数", "支出数"], [A, 3, 9]], "表头|缺少列"),
        ([["项目", "1月累计", "2月累计"], [A, 3, 9]], "表头|缺少列"),
        ([["项目", "1月（万元）", "2月（元）"], [A, 3, 9]], "单位前后不一"),
        ([["项目", "1月（万元）", "2月"], [A, 3, 9]], "单位前后不一"),
        ([["项目", "支出计划", None], [None, "1月", "2月"], [A, 3, 9]], "表头|缺少列"),
        ([["项目", "服务人次", None], [None, "1月", "2月"], [A, 3, 9]], "表头|缺少列"),
    ],
)
def test_a_table_whose_months_do_not_tell_waits(
    tmp_path: Path, rows: Sequence[Row], asked: str
) -> None:
    with pytest.raises(LayoutError, match=asked):
        read(tmp_path, *rows)


@pytest.mark.parametrize(
    "title",
    [
        *("2024年预算分月安排表", "支出进度分月目标", "各项目办理件数", "单位：件"),
        *("2024年指标下达情况", "2024年收入分月表"),
    ],
)
def test_months_of_a_plan_or_of_cases_are_no_payments(tmp_path: Path, title: str) -> None:
    reading = read(tmp_path, [title], ["项目", "1月", "2月", "合计"], [A, 3, 1, 4])
    assert not reading.rows
    assert "不知里面的行算不算" in reading.quarantined[0].reason


def test_what_is_no_amount_or_of_another_year_is_asked_of_its_own_row(tmp_path: Path) -> None:
    rows: list[Row] = [["项目", "2023-12", "2024-01"], [A, 3, "八百元"], [B, None, 7]]
    reading = read(tmp_path, *rows)
    assert months(reading) == {(B, "01-31"): 7}
    assert [row.row_number for row in reading.quarantined] == [2, 2]


def test_a_total_below_is_compared_with_all_months(tmp_path: Path) -> None:
    rows: list[Row] = [["项目", "1月", "2月"], [A, 3, 1], [B, 2, 2], ["合计", 5, 4]]
    reading = read(tmp_path, *rows)
    assert sum(months(reading).values()) == 8
    assert any(notice.code == "total_differs" for notice in reading.notices)


def test_merged_names_hold_for_the_rows_that_they_span(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    path = workbook(
        tmp_path / "支付台账.xlsx",
        ["项目", "收款单位", "1月", "2月"],
        [A, "甲", 3, 1],
        [None, "乙", 4, None],
    )
    book = load_workbook(path)
    book.worksheets[0].merge_cells("A2:A3")
    book.save(path)
    reading = read_register(
        path,
        register("payment"),
        fiscal_year=2024,
        known_projects={A},
        sources={A: "财政资金"},
    )
    assert months(reading) == {(A, "01-31"): 7, (A, "02-29"): 1}
    assert {row.values["paid_on"] for row in reading.rows} <= {date(2024, 1, 31), date(2024, 2, 29)}


def test_a_crossed_out_month_is_asked_about(tmp_path: Path) -> None:
    from openpyxl import load_workbook
    from openpyxl.styles import Font

    path = workbook(tmp_path / "支付台账.xlsx", ["项目", "1月", "2月"], [A, 3, 1], [B, 4, 5])
    book = load_workbook(path)
    book.worksheets[0]["C3"].font = Font(strike=True)
    book.worksheets[0].column_dimensions["B"].hidden = True
    book.save(path)
    sources = {A: "财政资金", B: "财政资金"}
    reading = read_register(
        path, register("payment"), fiscal_year=2024, known_projects={A, B}, sources=sources
    )
    assert {row.values["project_name"] for row in reading.rows} == {A}
    assert {row.row_number for row in reading.quarantined} == {3}
    assert any(notice.code == "hidden_columns" for notice in reading.notices)


def test_days_in_rows_of_data_are_no_months(tmp_path: Path) -> None:
    rows: list[Row] = [
        ["凭证", "付款日", "项目名称", "数额", "到期"],
        ["1", datetime(2024, 1, 31), A, 5, datetime(2024, 2, 29)],
        ["2", datetime(2024, 3, 31), A, 6, datetime(2024, 4, 30)],
    ]
    with pytest.raises(LayoutError, match=r"缺少列|没有找到表头"):
        read(tmp_path, *rows)


def test_the_day_on_which_a_table_was_made_is_not_that_of_its_month(tmp_path: Path) -> None:
    head, row = ["项目", "本月支出", "累计支出"], [A, 3, 9]
    with pytest.raises(LayoutError, match=r"缺少列|没有找到表头"):
        read(tmp_path, ["编制日期：2024-07-05"], head, row)
    assert months(read(tmp_path, ["2024年6月", "制表日期：2024-07-05"], head, row)) == {
        (A, "06-30"): 3
    }


def test_a_months_sheet_says_the_year_so_far_with_the_sheets_before_it(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    header = ["凭证号", "支付日期", "项目名称", "支付金额", "资金来源", "收款单位"]
    path = workbook(
        tmp_path / "支付台账.xlsx",
        header,
        ["记-1", date(2024, 1, 5), A, 30, "财政资金", "某公司"],
        ["记-2", date(2024, 1, 6), A, 12, "财政资金", "某公司"],
        [None, None, None, 42, None, "本年累计"],
        sheet="1月",
    )
    for told, codes in ((47, []), (48, ["total_differs"])):
        book = load_workbook(path)
        february = book.create_sheet(f"2月{told}")
        february.append(header)
        february.append([f"付-{told}", date(2024, 2, 5), A, 5, "财政资金", "某公司"])
        february.append([None, None, None, told, None, "本年累计"])
        book.save(tmp_path / f"支付台账{told}.xlsx")
        reading = read_register(
            tmp_path / f"支付台账{told}.xlsx",
            register("payment"),
            fiscal_year=2024,
            known_projects={A},
        )
        assert sum(months(reading).values()) == 47
        assert [n.code for n in reading.notices if n.code == "total_differs"] == codes
