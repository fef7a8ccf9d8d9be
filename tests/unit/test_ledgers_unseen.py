"""More ledgers than the readers were made with: written first, read at first sight, then mended.

Every case is made up. `paid` is what a person who looks at the sheet would add up, in fen; `told`
are words that must stand in a refusal, in a quarantined row's reason or in a notice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet

from tests.unit.test_ledgers_as_they_come import DAY, HEAD, TWO, Case, check, head, pay

PLAIN = head(支付金额="支付金额")  # an amount without a unit


def first(book: Workbook) -> Worksheet:
    return book.worksheets[0]


def looks(cell: str, number_format: str) -> Callable[[Workbook], object]:
    """Give a cell a number format."""

    def shape(book: Workbook) -> None:
        first(book)[cell].number_format = number_format

    return shape


def hide(*rows: int) -> Callable[[Workbook], object]:
    def shape(book: Workbook) -> None:
        for row in rows:
            first(book).row_dimensions[row].hidden = True

    return shape


def more_sheet(
    title: str, rows: Sequence[Sequence[object]], state: str = "visible"
) -> Callable[[Workbook], object]:
    def shape(book: Workbook) -> None:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
        sheet.sheet_state = state

    return shape


def since_1904(book: Workbook) -> None:
    book.epoch = CALENDAR_MAC_1904


def merge(area: str) -> Callable[[Workbook], object]:
    return lambda book: first(book).merge_cells(area)


def above(*caption: object) -> list[list[object]]:
    return [list(caption), PLAIN, pay("记-1", 1.5)]


TEN_THOUSANDS = 1_500_000
THOUSANDS = 150_000

UNITS: dict[str, Case] = {
    "blanks inside the caption": Case(above("单位： 万 元"), TEN_THOUSANDS),
    "unit and currency": Case(above("（金额单位：万元，人民币）"), TEN_THOUSANDS),
    "as its unit": Case(above("本表以万元为单位"), TEN_THOUSANDS),
    "counted in": Case(above("以下金额均以千元计"), THOUSANDS),
    "listed in": Case(above("除特别说明外，数字均以万元列示"), TEN_THOUSANDS),
    "unit in two neighbours": Case(above("", "", "", "单位", "万元"), TEN_THOUSANDS),
    "unit bracketed": Case(above("单位（万元）"), TEN_THOUSANDS),
    "unit with a dash": Case(above("单位-万元"), TEN_THOUSANDS),
    "ten thousands alone": Case(above("单位：万"), TEN_THOUSANDS),
    "traditional": Case(above("單位：萬元"), TEN_THOUSANDS),
    "unit before RMB": Case(above("（万元人民币）"), TEN_THOUSANDS),
    "amount colon": Case(above("金额：万元"), TEN_THOUSANDS),
    "English ten thousands": Case(above("Unit: RMB 10,000"), TEN_THOUSANDS),
    "English, mixed": Case(above("Unit: 万元"), TEN_THOUSANDS),
    "English, Currency": Case(above("Currency: RMB; Unit: thousand"), THOUSANDS),
    "RMB '000": Case(above("RMB'000"), THOUSANDS),
    "RMB million": Case(above("(in RMB millions)"), 150_000_000),
    "ten thousand yuan": Case(above("All figures in ten thousand yuan"), TEN_THOUSANDS),
    "k yuan": Case(above("Unit: k RMB"), THOUSANDS),
    "heading in English": Case([head(支付金额="Amount (RMB thousand)"), pay(1, 1.5)], THOUSANDS),
    "heading 10k": Case([head(支付金额="Amount (10k yuan)"), pay(1, 1.5)], TEN_THOUSANDS),
    "heading in two lines": Case([head(支付金额="支付金额\n（万元）"), pay(1, 1.5)], TEN_THOUSANDS),
    "heading, other brackets": Case([head(支付金额="支付金额【千元】"), pay(1, 1.5)], THOUSANDS),
    "heading, comma": Case([head(支付金额="支付金额，万元"), pay(1, 1.5)], TEN_THOUSANDS),
    "heading, no brackets": Case([head(支付金额="支付金额万元"), pay(1, 1.5)], TEN_THOUSANDS),
    "heading, unit colon": Case([head(支付金额="金额(单位：百万元)"), pay(1, 1.5)], 150_000_000),
    "a row of units below the header": Case(
        [PLAIN, ["", "", "", "（万元）", "", "", ""], pay(1, 1.5)], TEN_THOUSANDS
    ),
    "the caption below the header": Case([PLAIN, ["单位：万元"], pay(1, 1.5)], TEN_THOUSANDS),
    "the caption in the header row": Case([[*PLAIN, "单位：万元"], pay(1, 1.5)], TEN_THOUSANDS),
    "the caption far right of the first row": Case(
        [PLAIN, pay(1, 1.5, None, None, "单位：万元"), pay(2, 1)], 2_500_000
    ),
    "the caption far below": Case(
        [PLAIN, pay(1, 1.5), ["单位：万元"], *([f"说明{n}"] for n in range(15))], TEN_THOUSANDS
    ),
    "a sentence below": Case(
        [PLAIN, pay(1, 1.5), ["注：本表金额单位均为万元，由财务科填报"]], TEN_THOUSANDS
    ),
    "a column of units": Case(
        [[*PLAIN, "单位"], pay(1, 1.5, "万元"), pay(2, 200, "元")], None, ("前后不一",)
    ),
    "a column of money units": Case(
        [[*PLAIN, "计量单位"], pay(1, 1.5, "万元"), pay(2, 2, "万元")], 3_500_000
    ),
    "sheet named by the unit": Case([PLAIN, pay(1, 1.5)], TEN_THOUSANDS, sheet="万元"),
    "sheet named in English": Case([PLAIN, pay(1, 1.5)], THOUSANDS, sheet="Payments (RMB k)"),
    "file named by the unit": Case([PLAIN, pay(1, 1.5)], TEN_THOUSANDS, name="支付台账_单位万元"),
    "number format says it": Case(
        [PLAIN, pay(1, 1.5)], TEN_THOUSANDS, shape=looks("D2", '0.00"万元"')
    ),
    "number format moves the point": Case(
        [PLAIN, pay(1, 15000)], TEN_THOUSANDS, shape=looks("D2", '0!.0,"万元"')
    ),
    "number format moves the point, no unit": Case(
        [PLAIN, pay(1, 15000)], TEN_THOUSANDS, shape=looks("D2", "0!.0,")
    ),
    "number format in thousands": Case(
        [PLAIN, pay(1, 1500)], THOUSANDS, shape=looks("D2", '#,##0.00,"千元"')
    ),
    "number format of dollars": Case(
        [PLAIN, pay(1, 15)], 0, ("$",), shape=looks("D2", "[$$-409]#,##0.00")
    ),
    "number format of euros": Case(
        [PLAIN, pay(1, 15)], 0, ("€",), shape=looks("D2", "#,##0.00\\ [$€-407]")
    ),
    "number format of percent": Case([PLAIN, pay(1, 0.5)], 0, ("50%",), shape=looks("D2", "0%")),
    "amounts in words and numbers": Case(
        [PLAIN, pay(1, "1.5万元"), pay(2, "300"), pay(3, "2千元")], 1_730_000
    ),
    "amounts in 亿": Case([PLAIN, pay(1, "0.001亿")], 10_000_000),
    "caption against heading": Case(
        [["单位：元"], head(支付金额="金额（万元）"), pay(1, 1.5)], None
    ),
    "sheet against caption": Case([["单位：千元"], PLAIN, pay(1, 1.5)], None, sheet="支付（万元）"),
    "two sheets of two units": Case(
        [["单位：元"], PLAIN, pay(1, 100)],
        None,
        shape=more_sheet("二", [["单位：万元"], PLAIN, pay(2, 1)]),
    ),
    "one sheet states it": Case(
        [PLAIN, pay(1, 100)], None, shape=more_sheet("二", [["单位：万元"], PLAIN, pay(2, 1)])
    ),
    "heading of dollars": Case([head(支付金额="支付金额（美元）"), pay(1, 15)], None),
    "heading of USD": Case([head(支付金额="Amount (USD)"), pay(1, 15)], None),
    "heading of the original currency": Case([head(支付金额="原币金额"), pay(1, 15)], None),
    "caption of Hong Kong dollars": Case([["币种：港币"], PLAIN, pay(1, 15)], None),
    "caption in English of dollars": Case([["Currency: US Dollar"], PLAIN, pay(1, 15)], None),
}

BESIDE: dict[str, Case] = {
    "payment state": Case([head("支付状态"), *TWO[:1], pay(2, 50, "支付退回")], 10_000, ("退回",)),
    "state in two words": Case(
        [head("单据状态"), pay(1, 100, "已 审核"), pay(2, 50, "已作废（重开）")], 10_000, ("作废",)
    ),
    "state, invisible sign": Case(
        [head("状态"), pay(1, 100, "正常"), pay(2, 50, "作废\u200b")], 10_000, ("作废",)
    ),
    "opinion": Case(
        [head("审批结果"), pay(1, 100, "同意"), pay(2, 50, "不同意")], 10_000, ("不同意",)
    ),
    "booked or not": Case(
        [head("是否记账"), pay(1, 100, "是"), pay(2, 50, "否")], 10_000, ("是否记账",)
    ),
    "deleted or not": Case(
        [head("删除标志"), pay(1, 100, 0), pay(2, 50, 1)], 10_000, ("删除标志",)
    ),
    "delete flag": Case([head("Deleted"), pay(1, 100, "N"), pay(2, 50, "Y")], 10_000, ("Deleted",)),
    "is_void": Case([head("is_void"), pay(1, 100, False), pay(2, 50, True)], 10_000, ("is_void",)),
    "void on a day": Case(
        [head("作废日期"), pay(1, 100), pay(2, 50, date(2024, 4, 1))], 10_000, ("作废日期",)
    ),
    "void for a reason": Case(
        [head("作废原因"), pay(1, 100), pay(2, 50, "收款户名有误")], 10_000, ("作废原因",)
    ),
    "refund on a day": Case(
        [head("退款日期"), pay(1, 100), pay(2, 50, date(2024, 4, 1))], 10_000, ("退款日期",)
    ),
    "reversed by": Case(
        [head("冲销凭证号"), pay(1, 100), pay(2, 50, "记-9")], 10_000, ("冲销凭证号",)
    ),
    "returned for a reason": Case(
        [head("退回原因"), pay(1, 100), pay(2, 50, "账号错误")], 10_000, ("退回原因",)
    ),
    "a reversal and what it reverses": Case(
        [head("状态"), pay(1, 100, "已冲销"), pay(2, -100, "正常"), pay(3, 50, "正常")],
        -5_000,
        ("已冲销",),
    ),
    "kind of business": Case(
        [head("业务类型"), pay(1, 100, "支付"), pay(2, 50, "退库")], 10_000, ("退库",)
    ),
    "kind of business, corrected": Case(
        [head("业务类型"), pay(1, 100, "支付"), pay(2, 50, "冲正")], 10_000, ("冲正",)
    ),
    "kind, income": Case(
        [head("类别"), pay(1, 100, "支出"), pay(2, 50, "收入")], 10_000, ("收入",)
    ),
    "way of payment": Case(
        [head("支付方式"), pay(1, 100, "授权支付"), pay(2, 50, "收回")], 10_000, ("收回",)
    ),
    "kind in English": Case(
        [head("Type"), pay(1, 100, "Payment"), pay(2, 50, "Refund")], 10_000, ("Refund",)
    ),
    "remark in English": Case(
        [head("Remarks"), pay(1, 100, "ok"), pay(2, 50, "voided, reissued")], 10_000, ("void",)
    ),
    "purpose says refund": Case([head(), pay(1, 100), pay(2, 50, 用途="退款")], 10_000, ("退款",)),
    "D and C": Case([head("D/C"), pay(1, 100, "D"), pay(2, 30, "C")], 7_000),
    "DR and CR": Case([head("DR/CR"), pay(1, 100, "DR"), pay(2, 30, "CR")], 7_000),
    "indicator": Case(
        [head("Debit/Credit Indicator"), pay(1, 100, "Debit"), pay(2, 30, "Credit")], 7_000
    ),
    "SAP's S and H": Case([head("借/贷标识"), pay(1, 100, "S"), pay(2, 30, "H")], 7_000),
    "flow of money": Case([head("资金流向"), pay(1, 100, "流出"), pay(2, 30, "流入")], 7_000),
    "in and out": Case([head("交易方向"), pay(1, 100, "转出"), pay(2, 30, "转入")], 7_000),
    "sign of the amount": Case([head("金额方向"), pay(1, 100, "+"), pay(2, 30, "-")], 7_000),
    "plus and minus": Case([head("正负"), pay(1, 100, "正"), pay(2, 30, "负")], 10_000, ("负",)),
    "credit with unit": Case(
        [head("贷方发生额（元）", 支付金额="借方发生额（元）"), pay(1, 100), pay(2, None, 30)],
        7_000,
    ),
    "credit in English": Case(
        [head("Credit Amount", 支付金额="Debit Amount"), pay(1, 100), pay(2, None, 30)], 7_000
    ),
    "Dr and Cr": Case([head("Cr", 支付金额="Dr"), pay(1, 100), pay(2, None, 30)], 7_000),
    "money back": Case([head("退付金额"), pay(1, 100), pay(2, 50, 30)], 10_000, ("退付金额",)),
    "money deducted": Case([head("冲红金额"), pay(1, 100), pay(2, 50, 30)], 10_000, ("冲红金额",)),
    "money checked off": Case(
        [head("核减金额"), pay(1, 100), pay(2, 50, 30)], 10_000, ("核减金额",)
    ),
    "credit in two rows of a header": Case(
        [
            [*HEAD[:3], "发生额", "", *HEAD[4:]],
            [None, None, None, "借方", "贷方"],
            [1, DAY, "项目甲", 100, None, "财政资金", "甲公司", "货款"],
            [2, DAY, "项目甲", None, 30, "财政资金", "甲公司", "货款"],
        ],
        7_000,
    ),
    "currency code": Case(
        [head("Currency Code"), pay(1, 100, "CNY"), pay(2, 30, "USD")], 10_000, ("USD",)
    ),
    "CCY": Case([head("CCY"), pay(1, 100, "CNY"), pay(2, 30, "USD")], 10_000, ("USD",)),
    "currency, other words": Case(
        [head("货币代码"), pay(1, 100, "156"), pay(2, 30, "840")], 10_000, ("840",)
    ),
    "exchange rate": Case([head("汇率"), pay(1, 100, 1), pay(2, 30, 7.1)], 10_000, ("汇率",)),
    "exchange rate in English": Case(
        [head("Exchange Rate"), pay(1, 100, 1), pay(2, 30, 7.1)], 10_000, ("Exchange Rate",)
    ),
    "currency with the amount": Case([head(), pay(1, 100), pay(2, "USD 30")], 10_000, ("USD",)),
    "dollars with the amount": Case([head(), pay(1, 100), pay(2, "$30")], 10_000, ("$",)),
    "yuan with the amount": Case([head(), pay(1, "RMB 100"), pay(2, "人民币30元")], 13_000),
}

LINES: dict[str, Case] = {
    "total first": Case([head(), ["合计", None, None, 300], *TWO], 30_000, (), 1),
    "total first, unnamed": Case([head(), [None, None, None, 300], *TWO], 30_000, (), 1),
    "of which": Case(
        [head(), *TWO, ["合计", None, None, 300], ["其中：财政资金", None, None, 300]],
        30_000,
        (),
        2,
    ),
    "so many vouchers": Case([head(), *TWO, ["共2笔", None, None, 300]], 30_000, (), 1),
    "in words": Case([head(), *TWO, ["合计（大写）：叁佰元整", None, None, 300]], 30_000, (), 1),
    "English total": Case([head(), *TWO, ["Total", None, None, 300]], 30_000, (), 1),
    "English sum": Case([head(), *TWO, ["Sum", None, "项目甲", 300]], 30_000, (), 1),
    "sub total with a day": Case(
        [head(), *TWO, ["Subtotal Feb", DAY, "项目甲", 300, "财政资金"]], 30_000, (), 1
    ),
    "project's total as a project": Case(
        [head(), *TWO, [None, None, "项目甲汇总", 300]], 30_000, (), 1
    ),
    "a numbered total": Case(
        [head("序号"), *([*r, n] for n, r in enumerate(TWO)), ["", "", "合计", 300, "", "", "", 3]],
        30_000,
        (),
        1,
    ),
    "total in a ledger without numbers": Case(
        [head()[1:], TWO[0][1:], TWO[1][1:], ["", "合计", 300]], 30_000, (), 1
    ),
    "month's and year's": Case(
        [
            head(),
            *TWO,
            ["", DAY, "", 300, "", "", "本月合计"],
            ["", DAY, "", 300, "", "", "本年累计"],
        ],
        30_000,
        (),
        2,
    ),
    "opening balance as an amount": Case(
        [head(), ["", date(2024, 1, 1), "项目甲", 999, "财政资金", "", "上年结余"], *TWO],
        30_000,
        (),
        1,
    ),
    "total of ten after each month": Case(
        [head(), TWO[0], ["2月", None, None, 100], TWO[1], ["全年", None, None, 300]], 30_000, (), 2
    ),
    "a payment equal to the sum above": Case([head(), *TWO, pay("记-3", 300)], 60_000),
    "a payment without number, payee, purpose": Case(
        [head(), *TWO, pay(None, 70, 收款=None, 用途=None)], 30_000, ("不能为空",)
    ),
    "a pivot beside": Case(
        [head(), *TWO],
        30_000,
        shape=more_sheet("汇总", [["项目名称", "支付金额"], ["项目甲", 300], ["合计", 300]]),
        told=("整个工作表没有读入",),
    ),
    "a copy beside": Case(
        [head(), *TWO], 30_000, ("重复",), shape=more_sheet("备份", [head(), *TWO])
    ),
    "a copy beside, no numbers": Case(
        [head()[1:], TWO[0][1:], TWO[1][1:]],
        30_000,
        ("重复",),
        shape=more_sheet("全部", [head()[1:], TWO[0][1:], TWO[1][1:]]),
    ),
}

SHEETS: dict[str, Case] = {
    "very hidden": Case(
        [head(), *TWO], 30_000, ("隐藏",), shape=more_sheet("旧", [head(), pay(3, 1)], "veryHidden")
    ),
    "only a hidden sheet has data": Case(
        [["封面"]], None, ("隐藏",), shape=more_sheet("旧", [head(), pay(3, 1)], "hidden")
    ),
    "hidden row": Case([head(), *TWO], 30_000, ("隐藏",), shape=hide(3)),
    "hidden caption": Case([["单位：万元"], PLAIN, pay(1, 1.5)], TEN_THOUSANDS, shape=hide(1)),
    "last year's sheet": Case(
        [head(), *TWO],
        30_000,
        ("年度",),
        shape=more_sheet("2023", [head(), pay(9, 1, 支付日期=date(2023, 5, 1))]),
    ),
    "header after a long preface": Case([*([f"说明{n}"] for n in range(24)), head(), *TWO], None),
    "header in row nine": Case([*([f"第{n}条"] for n in range(8)), head(), *TWO], 30_000),
    "header in three rows": Case(
        [["支付信息"], [*HEAD[:3], "金额", *HEAD[4:]], ["", "", "", "（元）"], *TWO], 30_000
    ),
    "empty column first": Case([["", *head()], *(["", *r] for r in TWO)], 30_000),
    "invisible signs in the header": Case(
        [head(支付日期="支付\u200b日期", 支付金额="\ufeff支付金额\u00a0"), *TWO], 30_000
    ),
    "invisible signs in the project": Case(
        [head(), pay(1, 100, 项目="项\u200b目甲\u3000")], 10_000
    ),
    "invisible signs in the amount": Case(
        [head(), pay(1, "100\u200b"), pay(2, "\u00a0200")], 30_000
    ),
    "invisible signs in the voucher": Case(
        [head(), pay("记-1", 100), pay("记-1\u200b", 100)], 10_000, ("重复",)
    ),
    "invisible signs in the source": Case([head(), pay(1, 100, 资金="财政资金\u200b")], 10_000),
    "formula without a value": Case([head(), pay(1, "=50+50"), pay(2, 200)], 20_000, ("公式",)),
    "formula without a value in the state": Case(
        [head("状态"), pay(1, 100, "正常"), pay(2, 50, '="作废"')], 10_000, ("状态",)
    ),
    "merged vouchers": Case(
        [head(), pay("记-1", 100), [None, *pay(0, 50, 用途="运费")[1:]], pay("记-2", 200)],
        35_000,
        shape=merge("A2:A3"),
        told=("几行",),
    ),
    "blank below the voucher": Case(
        [head(), pay("记-1", 100), [None, *pay(0, 50, 用途="运费")[1:]]], 10_000, ("不能为空",)
    ),
    "ditto": Case([head(), pay("记-1", 100), pay("记-2", 50, 支付日期="〃")], 10_000, ("日期",)),
    "vouchers of monthly restart": Case(
        [head(), *(pay("1", 10, 支付日期=date(2024, m, 5)) for m in range(1, 7))], 6_000, ("几行",)
    ),
    "word and number apart": Case(
        [["凭证字", "凭证号", *HEAD[1:]], *(["记", n, *r[1:]] for n, r in enumerate(TWO, 1))],
        30_000,
    ),
    "number as the spreadsheet's date": Case(
        [head(), pay(date(2024, 3, 12), 100), pay("3-13", 200)], 30_000
    ),
    "year, month and day apart": Case(
        [
            ["凭证号", "年", "月", "日", *HEAD[2:]],
            [1, 2024, 2, 1, *TWO[0][2:]],
            [2, 2024, 2, 9, *TWO[1][2:]],
        ],
        None,
    ),
    "month and day apart": Case(
        [
            ["2024年"],
            ["凭证号", "月", "日", *HEAD[2:]],
            [1, 2, 1, *TWO[0][2:]],
            [2, 2, 9, *TWO[1][2:]],
        ],
        None,
    ),
}

COLUMNS: dict[str, Case] = {
    "running total only": Case([head(支付金额="累计支付金额"), *TWO], None),
    "not paid": Case([head(支付金额="未支付金额"), *TWO], None),
    "planned": Case([head(支付金额="计划支付金额"), *TWO], None),
    "applied for": Case([head(支付金额="申请支付金额"), *TWO], None),
    "should pay": Case([head(支付金额="应付金额"), *TWO], None),
    "contract sum": Case([head(支付金额="合同金额"), *TWO], None),
    "budget": Case([head(支付金额="预算金额"), *TWO], None),
    "tax": Case([head(支付金额="税额"), *TWO], None),
    "without tax": Case([head(支付金额="不含税支付金额"), *TWO], None),
    "expected day": Case([head(支付日期="预计支付日期"), *TWO], None),
    "planned day": Case([head(支付日期="计划付款日期"), *TWO], None),
    "day of application": Case([head(支付日期="申请日期"), *TWO], None),
    "running total beside": Case(
        [head("累计支付金额"), pay(1, 100, 100), pay(2, 200, 300)], 30_000
    ),
    "this period beside the year": Case(
        [head("本年累计", 支付金额="本期发生额"), pay(1, 100, 100), pay(2, 200, 300)], 30_000
    ),
    "other order, English": Case(
        [
            [
                "Posting Date",
                "Doc. No.",
                "Project",
                "Description",
                "Vendor",
                "Amount (CNY)",
                "Fund",
            ],
            [DAY, "1", "项目甲", "goods", "A", 100, "财政资金"],
        ],
        10_000,
    ),
    "treasury listing with two days and two numbers": Case(
        [
            [
                "支付申请编号",
                "支付凭证号",
                "预算项目名称",
                "清算日期",
                "支付日期",
                "支付金额",
                "资金性质",
                "收款人全称",
                "用途",
                "支付方式",
                "部门经济分类",
            ],
            [
                "A1",
                "P1",
                "项目甲",
                date(2024, 4, 1),
                DAY,
                100,
                "财政资金",
                "甲公司",
                "货款",
                "直接支付",
                "30201",
            ],
        ],
        10_000,
    ),
    "Yonyou voucher lines": Case(
        [
            [
                "制单日期",
                "凭证类别字",
                "凭证编号",
                "摘要",
                "科目编码",
                "金额借方",
                "金额贷方",
                "项目名称",
            ],
            [DAY, "记", "1", "货款", "5001", 100, 0, "项目甲"],
            [DAY, "记", "2", "冲货款", "5001", 0, 30, "项目甲"],
        ],
        7_000,
    ),
    "mixed languages": Case(
        [head(凭证号="Voucher 凭证号", 支付日期="Date 日期", 支付金额="Amount 金额"), *TWO], 30_000
    ),
}

NUMBERS: dict[str, Case] = {
    "trailing minus": Case([head(), pay(1, 100), pay(2, "30.00-")], 7_000),
    "full-width minus": Case([head(), pay(1, 100), pay(2, "－３０．００")], 7_000),
    "typographic minus": Case([head(), pay(1, 100), pay(2, "–30.00")], 7_000),
    "brackets of full width": Case([head(), pay(1, 100), pay(2, "（３０）")], 7_000),
    "brackets with a sign of money": Case([head(), pay(1, 100), pay(2, "(¥30.00)")], 7_000),
    "triangle": Case([head(), pay(1, 100), pay(2, "▲30")], 10_000, ("▲",)),
    "CR behind": Case([head(), pay(1, 100), pay(2, "30.00CR")], 10_000, ("CR",)),
    "red bracket": Case([head(), pay(1, 100), pay(2, "[30]")], 10_000, ("[30]",)),
    "two numbers in a cell": Case([head(), pay(1, 100), pay(2, "30 40")], 10_000, ("30 40",)),
    "two lines in a cell": Case([head(), pay(1, 100), pay(2, "30\n40")], 10_000, ("40",)),
    "scientific": Case([head(), pay(1, "1.5E+03")], 0, ("不是金额",)),
    "Indian": Case([head(), pay(1, "1,00,000.00")], 0, ("不是金额",)),
    "full-width comma": Case([head(), pay(1, "１，２３４．５６")], 123_456),
    "Chinese numerals": Case([head(), pay(1, 100), pay(2, "壹佰元整")], 10_000, ("壹佰",)),
    "formal yuan": Case([head(), pay(1, "100元整"), pay(2, "200.00元")], 30_000),
    "about, behind": Case([head(), pay(1, 100), pay(2, "100左右")], 10_000, ("左右",)),
    "more than": Case([head(), pay(1, 100), pay(2, "100+")], 10_000, ("100+",)),
    "from to": Case([head(), pay(1, 100), pay(2, "100-200")], 10_000, ("100-200",)),
    "wave": Case([head(), pay(1, 100), pay(2, "≈100")], 10_000, ("≈",)),
    "tax in brackets": Case([head(), pay(1, 100), pay(2, "100（含税）")], 10_000, ("含税",)),
    "a sum as text": Case([head(), pay(1, 100), pay(2, "100+200")], 10_000, ("100+200",)),
    "text number": Case([head(), pay(1, "'100"), pay(2, 50)], 5_000, ("100",)),
    "true": Case([head(), pay(1, 100), pay(2, True)], 10_000, ("金额",)),
    "a dash for nothing": Case([head(), pay(1, 100), pay(2, "-")], 10_000, ("金额",)),
    "three decimals": Case([head(), pay(1, 100), pay(2, 10.005)], 10_000, ("两位小数",)),
    "a day as an amount": Case([head(), pay(1, 100), pay(2, date(2024, 3, 1))], 10_000, ("金额",)),
    "decimal comma, tab": Case(
        [head(), pay(1, "1234,50")], 123_450, (), None, ".csv", delimiter="\t"
    ),
    "comma of thousands or decimals": Case(
        [head(), pay(1, "1,234"), pay(2, "5,50")], 550, ("千分位",), None, ".csv", delimiter=";"
    ),
    "excel's sep": Case([["sep=;"], head(), *TWO], 30_000, (), None, ".csv", delimiter=";"),
    "text kept by a formula": Case(
        [head(), pay('="0012"', 100), pay("2", '="200"')], 10_000, ("200",), None, ".csv"
    ),
    "full-width semicolon": Case([head(), *TWO], None, (), None, ".csv", delimiter="；"),
}

DATES: dict[str, Case] = {
    written: Case([head(), pay(1, 100, 支付日期=written)], 10_000)
    for written in (
        "20240305", "2024.3.5", "2024/03/05 00:00:00", "2024年3月5日", "2024-03-05T10:00:00",
        "2024-03-05 10:00:00.000", "2024-03-05 星期二", "２０２４－０３－０５",
        "2024-03-05\u200b", "45356", "5-Mar-2024", "March 5, 2024", "2024年03月05号",
    )
}  # fmt: skip
DATES |= {
    written: Case([head(), pay(1, 100, 支付日期=written), pay(2, 50)], 5_000, ("日期",))
    for written in (
        "3月5日", "24/3/5", "5/3/24", "二〇二四年三月五日", "113/03/05", "2024-3",
        "2024-03-05T10:00:00Z", "05-MAR-24", "2024 3 5", "3.5", "2024-03-05至2024-03-09", "待定",
    )
}  # fmt: skip
DATES |= {
    "half converted": Case(
        [
            head(),
            pay(1, 100, 支付日期="13/02/2024"),
            pay(2, 50, 支付日期=date(2024, 5, 3)),
            pay(3, 50, 支付日期=date(2024, 7, 4)),
        ],
        None,
        ("读反",),
    ),
    "since 1904": Case(
        [head(), *TWO],
        30_000,
        shape=since_1904,
    ),
    "serial number": Case([head(), pay(1, 100, 支付日期=45356)], 10_000),
}

# written after the above was mended and before any of it was run
KEPT_ASIDE: dict[str, Case] = {
    "caption English parenthesis": Case(
        above("Payment ledger 2024 (amounts in RMB 10k)"), TEN_THOUSANDS
    ),
    "caption 'wan yuan'": Case(above("unit: wan yuan"), TEN_THOUSANDS),
    "caption Chinese parens w/ comma": Case(above("支付台账（2024年度，单位万元）"), TEN_THOUSANDS),
    "caption money in": Case(above("货币单位：人民币千元"), THOUSANDS),
    "caption with slash": Case(above("单位：万元/人"), TEN_THOUSANDS),
    "title mentions 万元 amount": Case([["2024年50万元以上支付明细"], PLAIN, *TWO], 30_000),
    "title mentions 万元": Case([["万元以上支付明细"], PLAIN, *TWO], 30_000),
    "heading RMB m": Case([head(支付金额="支付金额（RMB m）"), pay(1, 0.01)], 1_000_000),
    "heading 万": Case([head(支付金额="支付金额（万）"), pay(1, 1.5)], TEN_THOUSANDS),
    "heading 单位 after": Case([head(支付金额="支付金额 单位:万元"), pay(1, 1.5)], TEN_THOUSANDS),
    "caption at 6th column": Case(
        [["支付明细表"], ["", "", "", "", "", "计量单位：千元"], PLAIN, pay(1, 1.5)], THOUSANDS
    ),
    "caption in footer with tabulator": Case(
        [PLAIN, pay(1, 1.5), ["制表：张某", "审核：李某", "单位：万元"]],
        TEN_THOUSANDS,
        ("不在绩效目标文件中",),
    ),
    "unit in long file below": Case(
        [PLAIN, *[pay(f"记-{n}", 1) for n in range(40)], ["单位：万元"]], 40_000_000
    ),
    "unit in row below header long": Case(
        [PLAIN, ["", "", "", "万元"], *[pay(f"记-{n}", 1) for n in range(40)]], 40_000_000
    ),
    "unit far below in long file": Case(
        [
            PLAIN,
            *[pay(f"记-{n}", 1) for n in range(40)],
            ["单位：万元"],
            *[[f"注{n}"] for n in range(20)],
        ],
        None,
    ),
    "state partly paid": Case(
        [head("支付状态"), pay(1, 100, "已支付"), pay(2, 50, "部分支付")], 10_000, ("部分支付",)
    ),
    "state blank": Case([head("支付状态"), pay(1, 100, "已支付"), pay(2, 50, "")], 15_000),
    "state numeric": Case([head("状态"), pay(1, 100, 1), pay(2, 50, 9)], 0, ("状态",)),
    "state is english mixed": Case(
        [head("Payment Status"), pay(1, 100, "PAID"), pay(2, 50, "On hold")], 10_000, ("On hold",)
    ),
    "ok state cleared": Case(
        [head("清算标志"), pay(1, 100, "已清算"), pay(2, 50, "未清算")], 10_000, ("未清算",)
    ),
    "workflow": Case(
        [head("流程状态"), pay(1, 100, "结束"), pay(2, 50, "退回修改")], 0, ("流程状态",)
    ),
    "transfer failed remark": Case(
        [head("银行反馈"), pay(1, 100, "交易成功"), pay(2, 50, "交易失败")], 10_000, ("交易失败",)
    ),
    "refund in remark": Case(
        [head("附言"), pay(1, 100, ""), pay(2, 50, "账号有误已退汇")], 10_000, ("退汇",)
    ),
    "refund date english": Case(
        [head("Refund Date"), pay(1, 100), pay(2, 50, DAY)], 10_000, ("Refund",)
    ),
    "red letter mark": Case(
        [head("红字标记"), pay(1, 100, ""), pay(2, 50, "√")], 10_000, ("红字",)
    ),
    "void column x": Case([head("作废"), pay(1, 100, ""), pay(2, 50, "X")], 10_000, ("作废",)),
    "type of document": Case(
        [head("单据类型"), pay(1, 100, "支付单"), pay(2, 50, "退款单")], 10_000, ("退款单",)
    ),
    "direction words": Case([head("收付方向"), pay(1, 100, "付"), pay(2, 30, "收")], 7_000),
    "direction numbers": Case([head("借贷方向"), pay(1, 100, 1), pay(2, 30, -1)], 0, ("借贷方向",)),
    "income column": Case(
        [head("收入（元）", 支付金额="支出（元）"), pay(1, 100), pay(2, None, 30)], 7_000
    ),
    "debit in 10k and credit in yuan": Case(
        [head("贷方金额（元）", 支付金额="借方金额（万元）"), pay(1, 1), pay(2, None, 30)], None
    ),
    "negative credit": Case(
        [head("贷方金额", 支付金额="借方金额"), pay(1, 100), pay(2, None, -30)], 13_000
    ),
    "payment and tax": Case([head("税额"), pay(1, 100, 6)], 10_000),
    "deducted warranty": Case([head("扣留质保金"), pay(1, 100, 5)], 10_000),
    "foreign amount beside": Case([head("外币金额", "汇率"), pay(1, 71, 10, 7.1)], 0, ("汇率",)),
    "hkd sign": Case([head(), pay(1, 100), pay(2, "HK$30")], 10_000, ("HK",)),
    "total with voucher count": Case(
        [head("附件张数"), pay(1, 100, 2), pay(2, 200, 1), ["合  计", "", "", 300, "", "", "", 3]],
        30_000,
        (),
        1,
    ),
    "total named by month name": Case(
        [head(), *TWO, ["二月份合计", DAY, "项目甲", 300, "财政资金", "", ""]], 30_000, (), 1
    ),
    "total with payee blank purpose words": Case(
        [head(), *TWO, ["", "", "", 300, "", "", "以上合计"]], 30_000, (), 1
    ),
    "balance forward english": Case(
        [head(), ["", DAY, "", 500, "", "", "Balance b/f"], *TWO], 30_000, (), 1
    ),
    "total of hidden": Case([head(), *TWO, ["总计：", None, None, "300.00"]], 30_000, (), 1),
    "total in payee": Case([head(), *TWO, ["", "", "", 300, "", "小计", ""]], 30_000, (), 1),
    "project name all total with date": Case(
        [head(), *TWO, ["", DAY, "合计", 300, "财政资金", "", ""]], 30_000, (), 1
    ),
    "unnumbered adjustment": Case(
        [head(), *TWO, ["", DAY, "项目甲", -50, "财政资金", "", "调整"]], 30_000, ("不能为空",)
    ),
    "two tables in one sheet": Case(
        [
            head(),
            *TWO,
            [],
            ["项目名称", "凭证号", "支付日期", "支付金额（元）", "资金来源"],
            ["项目甲", "记-9", DAY, 70, "财政资金"],
        ],
        30_000,
        ("日期",),
    ),
    "amount x10 text 百元": Case([head(支付金额="支付金额（百元）"), pay(1, 1.5)], 15_000),
    "amount with colon": Case([head(), pay(1, "100:00")], 0, ("金额",)),
    "amount with dot thousands and no decimals": Case(
        [head(), pay(1, "1.234.567")], 123_456_700, ("逗号",)
    ),
    "amount with ideographic comma": Case([head(), pay(1, "1、234")], 0, ("金额",)),
    "amount with backquote": Case([head(), pay(1, "1`234.00")], 0, ("金额",)),
    "amount letter O": Case([head(), pay(1, "1O0")], 0, ("金额",)),
    "amount with underscore": Case([head(), pay(1, "1_000")], 0, ("金额",)),
    "amount plus": Case([head(), pay(1, "+100")], 10_000),
    "amount double minus": Case([head(), pay(1, "--100")], 0, ("金额",)),
    "amount minus in bracket": Case([head(), pay(1, "(-100)")], 0, ("金额",)),
    "superscript": Case([head(), pay(1, "10²")], 0, ("金额",)),
    "fraction": Case([head(), pay(1, "½")], 0, ("金额",)),
    "circled": Case([head(), pay(1, "①00")], 0, ("金额",)),
    "arabic digits": Case([head(), pay(1, "١٠٠")], 10_000),
    "date dd-mm": Case([head(), pay(1, 100, 支付日期="05.03.2024")], None),
    "date with Chinese numerals month": Case(
        [head(), pay(1, 100, 支付日期="2024年三月五日")], 0, ("日期",)
    ),
    "date float": Case([head(), pay(1, 100, 支付日期=20240305.5)], 0, ("日期",)),
    "date year only": Case([head(), pay(1, 100, 支付日期=2024)], 0, ("日期",)),
    "date serial of another": Case([head(), pay(1, 100, 支付日期=1)], 0, ("日期",)),
    "date month number": Case([head(), pay(1, 100, 支付日期=202403)], 0, ("日期",)),
    "date with dots two-digit": Case([head(), pay(1, 100, 支付日期="24.03.05")], 0, ("日期",)),
    "datetime midnight last day": Case(
        [head(), pay(1, 100, 支付日期=datetime(2024, 12, 31, 23, 59, 59))], 10_000
    ),
    "csv tab extension": Case([head(), *TWO], 30_000, (), None, ".tsv", delimiter="\t"),
    "txt with bars": Case([head(), *TWO], 30_000, (), None, ".txt", delimiter="|"),
    "project wrong case blanks": Case([head(), pay(1, 100, 项目=" 项目 甲 ")], 10_000),
    "project with code": Case([head(), pay(1, 100, 项目="001 项目甲")], 0, ("不在绩效目标文件中",)),
    "project merged blank": Case(
        [head(), pay(1, 100), pay(2, 50, 项目=None)], 10_000, ("不能为空",)
    ),
    "source synonyms": Case([head(), pay(1, 100, 资金="一般公共预算资金")], 0, ("应为下列之一",)),
    "header with units row english": Case(
        [
            ["Voucher No", "Payment Date", "Project", "Amount", "Fund"],
            ["", "", "", "RMB'000", ""],
            ["1", DAY, "项目甲", 1.5, "财政资金"],
        ],
        THOUSANDS,
    ),
    "header repeated with another unit": Case(
        [
            head(支付金额="支付金额（元）"),
            pay(1, 100),
            head(支付金额="支付金额（万元）"),
            pay(2, 1),
        ],
        10_100,
        ("不是金额",),
    ),
    "second block below another unit": Case(
        [["单位：元"], PLAIN, pay(1, 100), ["单位：万元"], PLAIN, pay(2, 1)], None
    ),
}


KINDS = UNITS | BESIDE | LINES | SHEETS | COLUMNS | NUMBERS | DATES | KEPT_ASIDE


@pytest.mark.parametrize("kind", KINDS)
def test_a_ledger_reads_to_the_fen_or_is_told(kind: str, tmp_path: Path) -> None:
    check(KINDS[kind], tmp_path)
