"""Registers beside the ledger as offices hand them in: right, or told, and never silently wrong.

Every case is made up. `values` is what a person who looks at the sheet would write down for one
column, in the order of the sheet: counts whole, money in fen; `told` are words that must stand in
a refusal, in a quarantined row's reason or in a notice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path

import pytest
from openpyxl import Workbook

from perf_pipeline.domain.errors import PerfPipelineError
from perf_pipeline.monitoring.actuals import Limits, read_number
from perf_pipeline.registers.declaration import register
from perf_pipeline.registers.reading import RegisterReading, read_register
from perf_pipeline.warehouse.plan_entries import plan_shares

Cells = Mapping[str, object]
Shape = Callable[[Workbook], object]

DAY = date(2024, 3, 5)
PETITION: Cells = {
    "信访编号": "X-1", "收到日期": date(2024, 3, 1), "信访渠道": "来访", "交办来源": "无",
    "重要事项": "否", "受理日期": DAY, "办结日期": date(2024, 3, 20), "群众评价": "满意",
}  # fmt: skip
MEDIATION: Cells = {
    "案件编号": "M-1", "镇（办）": "东镇", "受理日期": DAY, "结案日期": date(2024, 3, 20),
    "调解结果": "调解成功", "群众评价": "满意",
}  # fmt: skip
BUDGET: Cells = {"项目名称": "项目甲", "预算数（元）": 100_000}
ADJUSTED: Cells = {"项目名称": "项目甲", "生效日期": DAY, "调整后预算数（元）": 120_000}
CONTRACT: Cells = {
    "合同号": "H-1", "项目名称": "项目甲", "供应商": "甲公司", "签订日期": DAY,
    "合同金额（元）": 5_000,
}  # fmt: skip
SURVEY: Cells = {
    "调查编号": "D-1", "调查日期": DAY, "调查对象": "综治宣传", "有效问卷数": 400,
    "满意人数": 380, "知晓人数": 390,
}  # fmt: skip
ENROLMENT: Cells = {
    "镇（办）": "东镇", "截至日期": date(2024, 3, 31), "常住户数": 5_000, "参保户数": 4_000,
    "累计保费（元）": 40_000,
}  # fmt: skip
MEASURE: Cells = {"项目名称": "项目甲", "指标名称": "按期办结率", "度量": "信访按期办结率"}
REVISION: Cells = {
    "项目名称": "项目甲", "指标名称": "按期办结率", "生效日期": DAY, "调整后指标值": "≥95%",
    "批复文号": "〔2024〕1号",
}  # fmt: skip
PLAN: Cells = {"项目名称": "项目甲", "截至日期": date(2024, 3, 31), "累计支出比例": "25%"}
REPORT: Cells = {"项目名称": "项目甲", "指标名称": "设备完好率", "截至日期": DAY, "完成值": "95%"}


@dataclass(frozen=True)
class Case:
    """A register's file, and what must come of one of its columns."""

    register: str
    rows: Sequence[Sequence[object]]
    column: str
    values: Sequence[object] | None  # None: the file waits
    told: tuple[str, ...] = ()
    shape: Shape | None = None
    suffix: str = ".xlsx"
    delimiter: str = ","
    encoding: str = "utf-8"
    sheet: str = "Sheet"
    name: str = "表"


def table(base: Cells, *rows: Cells, **labels: str) -> list[list[object]]:
    """Give a header and rows: each is the base with other cells; labels are written otherwise."""
    heads = list(dict.fromkeys([*base, *(label for row in rows for label in row)]))
    found = [[{**base, **row}.get(label) for label in heads] for row in rows or ({},)]
    return [[labels.get(label, label) for label in heads], *found]


def petitions(*rows: Cells, **labels: str) -> list[list[object]]:
    """Give petitions numbered in their order."""
    return table(PETITION, *({"信访编号": f"X-{n}"} | dict(r) for n, r in enumerate(rows)))


def cell(base: Cells, label: str, written: object) -> list[list[object]]:
    """Give a row as it should be, and one whose cell is written in some way."""
    key = next(iter(base))
    other = {} if key == "项目名称" else {key: "另一个"}
    return table(base, other, {label: written})


def looks(at: str, number_format: str) -> Shape:
    def shape(book: Workbook) -> None:
        book.worksheets[0][at].number_format = number_format

    return shape


def more_sheet(title: str, rows: Sequence[Sequence[object]], state: str = "visible") -> Shape:
    def shape(book: Workbook) -> None:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
        sheet.sheet_state = state

    return shape


def hide_row(number: int) -> Shape:
    def shape(book: Workbook) -> None:
        book.worksheets[0].row_dimensions[number].hidden = True

    return shape


def hide_column(letter: str) -> Shape:
    def shape(book: Workbook) -> None:
        book.worksheets[0].column_dimensions[letter].hidden = True

    return shape


def merge(area: str) -> Shape:
    return lambda book: book.worksheets[0].merge_cells(area)


def survey(written: object, values: Sequence[object], *told: str, **more: object) -> Case:
    rows = cell(SURVEY, "满意人数", written)
    return Case("satisfaction_survey", rows, "satisfied", values, told, **more)  # type: ignore[arg-type]


def renamed(base: Cells, **labels: str) -> dict[str, object]:
    """Give the base with other headings: those that begin so."""
    return {
        next((new for old, new in labels.items() if label.startswith(old)), label): written
        for label, written in base.items()
    }


COUNTS: dict[str, Case] = {
    "its own unit": survey("350人", [380, 350]),
    "another unit": survey("3万人", [380], "满意人数"),
    "decimals": survey(350.5, [380], "整数"),
    "decimals that are none": survey("350.00", [380, 350]),
    "European thousands": survey("1.000", [380], "满意人数"),
    "about": survey("约350", [380], "整数"),
    "from to": survey("300-350", [380], "整数"),
    "and more": survey("350余", [380], "整数"),
    "numerals": survey("三百五十", [380], "整数"),
    "blank among the digits": survey("3 50", [380], "整数"),
    "full width": survey("３５０", [380, 350]),
    "below nothing": survey(-5, [380], "不能小于0"),
    "in brackets": survey("(350)", [380], "整数"),
    "a percentage": survey(0.95, [380], "满意人数", shape=looks("E3", "0%")),
    "ten thousands by the format": survey(3, [380], "满意人数", shape=looks("E3", '0"万人"')),
    "persons by the format": survey(350, [380, 350], shape=looks("E3", '0"人"')),
    "moved point by the format": survey(350_000, [380], "满意人数", shape=looks("E3", "0,")),
    "error": survey("#REF!", [380], "错误值"),
    "formula": survey("=100+250", [380], "公式"),
    "a dash": survey("—", [380], "整数"),
    "true": survey(True, [380], "整数"),
    "a day": survey(date(2024, 3, 5), [380], "整数"),
    "more than were asked": survey(450, [380], "大于"),
    "invisible sign": survey("350\u200b", [380, 350]),
    "persons in ten thousands by the heading": Case(
        "satisfaction_survey",
        table(renamed(SURVEY, 满意="满意人数（万人）", 有效="有效问卷数（万份）")),
        "satisfied", None,
    ),
    "persons in ten thousands by the caption": Case(
        "satisfaction_survey", [["单位：万人"], *table(SURVEY)], "satisfied", None,
    ),
    "persons by the caption": Case(
        "satisfaction_survey", [["单位：人"], *table(SURVEY)], "satisfied", [380]
    ),
    "households in hundreds": Case(
        "insurance_enrolment",
        table(renamed(ENROLMENT, 常住="常住户数(百户)", 参保="参保户数(百户)")),
        "enrolled_households", None,
    ),
    "money and households in one caption": Case(
        "insurance_enrolment",
        [["单位：万元、户"], *table(renamed(ENROLMENT, 累计="累计保费") | {"累计保费": 4})],
        "premium_fen", [4_000_000],
    ),
    "both in ten thousands": Case(
        "insurance_enrolment",
        [["单位：万户、万元"], *table(renamed(ENROLMENT, 累计="累计保费") | {"累计保费": 4})],
        "enrolled_households", None,
    ),
    "unit below the header": Case(
        "insurance_enrolment",
        [table(ENROLMENT)[0], ["", "", "万户", "万户", "元"], table(ENROLMENT)[1]],
        "enrolled_households", None,
    ),
    "ten thousands, sheet's name": Case(
        "insurance_enrolment", table(ENROLMENT), "enrolled_households", None, sheet="参保（万户）"
    ),
}  # fmt: skip


def received(written: object, values: Sequence[object], *told: str, **more: object) -> Case:
    rows = petitions({"收到日期": date(2024, 3, 1)}, {"收到日期": written})
    return Case("petition_case", rows, "received_on", [date(2024, 3, 1), *values], told, **more)  # type: ignore[arg-type]


DATES: dict[str, Case] = {
    "year and month": received("2024年3月", [], "日期"),
    "year alone": received("2024年", [], "日期"),
    "year as a number": received(2024, [], "日期"),
    "month alone": received("3月", [], "日期"),
    "month and day": received("3月2日", [], "日期"),
    "two-digit year": received("24.3.2", [], "日期"),
    "two-digit year, apostrophe": received("'24-03-02", [], "日期"),
    "with China's zone": received("2024-03-02T10:00:00+08:00", [date(2024, 3, 2)]),
    "with another zone": received("2024-03-01T20:00:00Z", [], "日期"),
    "serial as text": received("45353", [date(2024, 3, 2)]),
    "serial with decimals as text": received("45353.5", [], "日期"),
    "serial out of sight": received("99999", [], "日期"),
    "afternoon": received("2024/3/2 下午3:20", [], "日期"),
    "day and month, none tells": Case(
        "petition_case", petitions({"收到日期": "03/02/2024"}), "received_on", None, ("日在前",)
    ),
    "year, day, month": received("2024-31-03", [], "日"),
    "no such day": received("2024-02-30", [], "没有这一天"),
    "next year": received(date(2025, 3, 2), [], "2024"),
    "a day far ahead": Case(
        "petition_case", petitions({"办结日期": date(2042, 3, 20)}), "closed_on", [], ("2042",)
    ),
    "a day far ago": received(date(1924, 3, 2), [], "1924"),
    "contract far ahead": Case(
        "contract", table(CONTRACT, {"签订日期": date(2042, 3, 5)}), "signed_on", [], ("2042",)
    ),
    "contract of the year nought": Case(
        "contract", table(CONTRACT, {"签订日期": "0024-03-05"}), "signed_on", [], ("日期",)
    ),
    "contract of an earlier year": Case(
        "contract", table(CONTRACT, {"签订日期": date(2022, 3, 5)}), "signed_on",
        [date(2022, 3, 5)],
    ),
    "with a note": received("2024-03-02（补登）", [], "日期"),
    "two days": received("2024-03-02、2024-03-04", [], "日期"),
    "slash for none": Case(
        "petition_case", petitions({"办结日期": "/"}), "closed_on", [], ("日期",)
    ),
    "still open in words": Case(
        "petition_case", petitions({"办结日期": "未办结"}), "closed_on", [], ("日期",)
    ),
    "done before accepted": Case(
        "petition_case", petitions({"办结日期": date(2024, 3, 2)}), "closed_on", [], ("早于",)
    ),
    "last year's and done": Case(
        "petition_case",
        petitions({"收到日期": "2023-03-01", "受理日期": "2023-03-02", "办结日期": "2023-03-20"}),
        "closed_on", [], ("2024年度之前",),
    ),
    "unclear at night": received(datetime(2024, 3, 2, 23, 59), [date(2024, 3, 2)]),
    "plan of another year": Case(
        "spending_plan_entry", table(PLAN, {"截至日期": "2023-03-31"}), "due_on", [], ("2024",)
    ),
}  # fmt: skip


def key_petition(written: object, values: Sequence[object], *told: str) -> Case:
    return Case("petition_case", petitions({"重要事项": written}), "is_key", values, told)


def mediated(label: str, column: str, written: object, *values: object) -> Case:
    told = () if values else (label,)
    rows = table(MEDIATION, {label: written})
    return Case("mediation_case", rows, column, list(values), told)


WORDS: dict[str, Case] = {
    "partly": key_petition("部分", [], "是"),
    "as good as": key_petition("基本是", [], "是"),
    "yes with a note": key_petition("是（市级）", [], "是"),
    "mark": key_petition("√", [True]),
    "mark in a box": key_petition("☑", [], "是"),
    "both printed": key_petition("□是 ☑否", [], "是"),
    "circle": key_petition("○", [], "是"),
    "not so": key_petition("不是", [], "是"),
    "nought": key_petition(0, [False]),
    "two": key_petition(2, [], "是"),
    "unknown": key_petition("未知", [], "是"),
    "dash": key_petition("-", [], "是"),
    "English": key_petition("Yes", [True]),
    "blank": key_petition(" ", [], "不能为空"),
    "true as text": key_petition("TRUE", [True]),
    "choice, blank within": mediated("群众评价", "satisfaction", "基 本 满 意", "基本满意"),
    "choice, dissatisfied": mediated("群众评价", "satisfaction", "不 满意", "不满意"),
    "choice, very": mediated("群众评价", "satisfaction", "非常满意"),
    "choice, traditional": mediated("群众评价", "satisfaction", "滿意"),
    "choice, stop": mediated("群众评价", "satisfaction", "满意。"),
    "choice, two": mediated("群众评价", "satisfaction", "满意/基本满意"),
    "choice, number": mediated("群众评价", "satisfaction", 1),
    "choice, code": mediated("调解结果", "outcome", "1-调解成功"),
    "choice, another word": mediated("调解结果", "outcome", "达成协议"),
    "choice, line break": mediated("调解结果", "outcome", "调解\n成功", "调解成功"),
    "choice, invisible": mediated("调解结果", "outcome", "调解成功\ufeff"),
    "outcome without a day": Case(
        "mediation_case", table(MEDIATION, {"结案日期": None}), "outcome", [], ("同时",)
    ),
    "topic nobody declared": Case(
        "satisfaction_survey", table(SURVEY, {"调查对象": "综治"}), "topic", [], ("应为下列之一",)
    ),
}

TWO_TOWNS: list[Cells] = [
    {"镇（办）": "东镇"},
    {"镇（办）": "西镇", "常住户数": 3_000, "参保户数": 1_000, "累计保费（元）": 10_000},
]


def summed(
    called: object, *values: object, told: tuple[str, ...] = (), first: bool = False
) -> Case:
    """Give two towns and a row that sums them up."""
    total: Cells = {
        "镇（办）": called, "常住户数": 8_000, "参保户数": 5_000, "累计保费（元）": 50_000,
    }  # fmt: skip
    rows = [total, *TWO_TOWNS] if first else [*TWO_TOWNS, total]
    expected = values or (4_000, 1_000)
    return Case(
        "insurance_enrolment", table(ENROLMENT, *rows), "enrolled_households", expected, told
    )


ROWS: dict[str, Case] = {
    "total": summed("合计"),
    "total, blanks": summed("合  计"),
    "total of the district": summed("全区合计"),
    "total with a count": summed("合计（2个镇）"),
    "total in English": summed("Total"),
    "total, the district": summed("全区", told=("之和",)),
    "total first": summed("全区合计", first=True),
    "total, the district first": summed("全区", told=("之和",), first=True),
    "total under another name": summed("区本级", told=("之和",)),
    "total after a number": Case(
        "insurance_enrolment",
        [
            ["序号", *table(ENROLMENT)[0]],
            *(
                [str(n), *row]
                for n, row in enumerate(
                    table(
                        ENROLMENT, *TWO_TOWNS,
                        {"镇（办）": "合计", "常住户数": 8_000, "参保户数": 5_000},
                    )[1:], 1,
                )
            ),
        ],
        "enrolled_households", [4_000, 1_000],
    ),
    "a total row of cases": Case(
        "petition_case",
        [*petitions({}, {}), ["合计：2件", None, None, None, None, 2, 2]], "channel", ["来访"] * 2,
    ),
    "a note below": Case(
        "petition_case", [*petitions({}), ["注：3月数据不含转送件"]], "channel", ["来访"],
    ),
    "a signature below the measures": Case(
        "indicator_measure",
        [*table(MEASURE), ["制表人：张某", "审核人：李某", "日期：2024年4月1日"]],
        "indicator_name", ["按期办结率"], ("制表人",),
    ),
    "header in the middle": Case(
        "mediation_case",
        [*table(MEDIATION), *table(MEDIATION, {"案件编号": "M-2"})], "outcome", ["调解成功"] * 2,
    ),
    "header in the middle, other order": Case(
        "indicator_measure",
        [
            *table(MEASURE),
            ["项目名称", "度量", "指标名称"],
            ["项目甲", "信访按期受理率", "按期受理率"],
        ],
        "indicator_name", None, ("又是一个表头",),
    ),
    "empty rows between": Case(
        "mediation_case",
        [*table(MEDIATION), [], ["", " "], *table(MEDIATION, {"案件编号": "M-2"})[1:]],
        "outcome", ["调解成功"] * 2,
    ),
    "the same number, other content": Case(
        "petition_case", table(PETITION, {}, {"信访渠道": "来信"}), "channel", ["来访"], ("重复",)
    ),
    "the same number, full width": Case(
        "petition_case", table(PETITION, {}, {"信访编号": "Ｘ－１", "信访渠道": "来信"}),
        "channel", ["来访"], ("重复",),
    ),
    "the same number as a number": Case(
        "petition_case", table(PETITION, {"信访编号": 12}, {"信访编号": "12", "信访渠道": "来信"}),
        "channel", ["来访"], ("重复",),
    ),
    "one budget twice": Case(
        "budget", table(BUDGET, {}, {"预算数（元）": 90_000}), "total_fen", [10_000_000], ("重复",)
    ),
    "merged evaluation": Case(
        "mediation_case",
        table(MEDIATION, {}, {"案件编号": "M-2", "群众评价": None}),
        "satisfaction", ["满意", "满意"], shape=merge("F2:F3"),
    ),
    "merged counts": Case(
        "satisfaction_survey", table(SURVEY, {}, {"调查编号": "D-2", "满意人数": None}),
        "satisfied", [380], ("不能为空",), shape=merge("E2:E3"),
    ),
    "merged projects": Case(
        "contract",
        table(CONTRACT, {}, {"合同号": "H-2", "项目名称": None}), "project_name",
        ["项目甲", "项目甲"], shape=merge("B2:B3"),
    ),
    "void case": Case(
        "petition_case", petitions({}, {"状态": "作废"}), "channel", ["来访"], ("作废",)
    ),
    "void contract": Case(
        "contract", table(CONTRACT, {}, {"合同号": "H-2", "合同状态": "已作废"}), "amount_fen",
        [500_000], ("作废",),
    ),
    "a doubled petition": Case(
        "petition_case", petitions({}, {"是否重复件": "是"}), "channel", ["来访"], ("重复件",)
    ),
    "deleted flag": Case(
        "mediation_case", table(MEDIATION, {}, {"案件编号": "M-2", "删除标志": 1}), "outcome",
        ["调解成功"], ("删除标志",),
    ),
    "remark that says withdrawn": Case(
        "petition_case", petitions({}, {"备注": "登记有误，撤销"}), "channel", ["来访"] * 2,
        ("撤销",),
    ),
}  # fmt: skip

SHEETS: dict[str, Case] = {
    "hidden row": Case(
        "mediation_case", table(MEDIATION, {}, {"案件编号": "M-2"}), "outcome", ["调解成功"] * 2,
        ("隐藏",), hide_row(3),
    ),
    "hidden column": Case(
        "mediation_case", table(MEDIATION), "outcome", ["调解成功"], ("隐藏",), hide_column("E"),
    ),
    "hidden sheet": Case(
        "mediation_case", table(MEDIATION), "outcome", ["调解成功"], ("隐藏",),
        more_sheet("旧", table(MEDIATION, {"案件编号": "M-2"}), "hidden"),
    ),
    "two sheets": Case(
        "mediation_case", table(MEDIATION), "outcome", ["调解成功"] * 2,
        shape=more_sheet("二", table(MEDIATION, {"案件编号": "M-2"})),
    ),
    "two sheets, one key": Case(
        "mediation_case", table(MEDIATION), "outcome", ["调解成功"], ("重复",),
        more_sheet("二", table(MEDIATION, {"调解结果": "调解不成"})),
    ),
    "second sheet without a column": Case(
        "mediation_case", table(MEDIATION), "outcome", ["调解成功"], ("整个工作表没有读入",),
        more_sheet("二", [["案件编号", "镇（办）", "结案日期"], ["M-2", "东镇", DAY]]),
    ),
    "last year's budget beside": Case(
        "budget", table(BUDGET), "total_fen", [10_000_000], ("重复",),
        more_sheet("2023", table(BUDGET, {"预算数（元）": 80_000})),
    ),
    "semicolons": Case(
        "mediation_case", table(MEDIATION), "outcome", ["调解成功"], suffix=".csv", delimiter=";"
    ),
    "tabs, GBK": Case(
        "mediation_case", table(MEDIATION), "outcome", ["调解成功"], suffix=".csv", delimiter="\t",
        encoding="gb18030",
    ),
    "byte order mark": Case(
        "mediation_case", table(MEDIATION), "outcome", ["调解成功"], suffix=".csv",
        encoding="utf-8-sig",
    ),
    "UTF-16": Case(
        "mediation_case", table(MEDIATION), "outcome", None, ("UTF-16",), suffix=".csv",
        encoding="utf-16",
    ),
    "thousands unquoted": Case(
        "satisfaction_survey", table(SURVEY, {"知晓人数": "1,390"}), "aware", [], ("单元格",),
        suffix=".csv",
    ),
    "traditional headings": Case(
        "mediation_case", table(renamed(MEDIATION, 调解="調解結果")), "outcome", [], ("同时",),
    ),
}  # fmt: skip


def budget(heading: str, amount: object, fen: int | None, **more: object) -> Case:
    rows = table({"项目名称": "项目甲", heading: amount})
    values = None if fen is None else [fen]
    return Case("budget", rows, "total_fen", values, **more)  # type: ignore[arg-type]


MONEY: dict[str, Case] = {
    "heading, ten thousands": budget("预算数（万元）", 12.5, 12_500_000),
    "heading, short": budget("预算数（万）", 12.5, 12_500_000),
    "heading, 金额（万）": budget("预算金额（万）", 12.5, 12_500_000),
    "heading, slash": budget("预算数/万元", 12.5, 12_500_000),
    "format": budget("预算数", 12.5, 12_500_000, shape=looks("B2", '0.00"万元"')),
    "format moves the point": budget("预算数", 125_000, 12_500_000, shape=looks("B2", "0!.0,")),
    "sheet": budget("预算数", 12.5, 12_500_000, sheet="预算（万元）"),
    "file": budget("预算数", 12.5, 12_500_000, name="项目预算表（万元）"),
    "caption": Case(
        "budget", [["金额单位：万元"], *table(renamed(BUDGET, 预算="预算数"), {"预算数": 12.5})],
        "total_fen", [12_500_000],
    ),
    "caption below": Case(
        "budget", [*table(renamed(BUDGET, 预算="预算数"), {"预算数": 12.5}), ["单位：万元"]],
        "total_fen", [12_500_000],
    ),
    "caption against heading": Case("budget", [["单位：万元"], *table(BUDGET)], "total_fen", None),
    "two units in two headings": Case(
        "budget", table(renamed(BUDGET, 预算="预算数（万元）") | {"其中：财政资金（元）": 8}),
        "total_fen", None,
    ),
    "unit in the cell": budget("预算数", "12.5万元", 12_500_000),
    "parts that do not add up": Case(
        "budget", table(BUDGET | {"其中：财政资金（元）": 8, "其他资金（元）": 2}), "total_fen",
        [], ("之和",),
    ),
    "parts that add up": Case(
        "budget", table(BUDGET | {"其中：财政资金（元）": 80_000, "其他资金（元）": 20_000}),
        "total_fen", [10_000_000],
    ),
    "parts with what was carried over": Case(
        "budget",
        table(
            BUDGET
            | {"其中：财政资金（元）": 70_000, "其他资金（元）": 20_000}
            | {"其中：上年结转（元）": 10_000}
        ),
        "total_fen", [10_000_000],
    ),
    "below nothing": Case(
        "budget", table(BUDGET, {"预算数（元）": -5}), "total_fen", [], ("小于",)
    ),
    "before and after": Case(
        "budget_adjustment", table({**ADJUSTED, "调整前预算数（元）": 100_000}), "total_fen",
        [12_000_000],
    ),
    "before alone": Case(
        "budget_adjustment", table(renamed(ADJUSTED, 调整后="调整前预算数（元）")), "total_fen",
        None,
    ),
    "change alone": Case(
        "budget_adjustment", table(renamed(ADJUSTED, 调整后="调整金额（元）")), "total_fen", None
    ),
    "before and after changed round": Case(
        "budget_adjustment",
        table({**ADJUSTED, "调整前预算数（元）": 140_000, "调增金额（元）": 20_000}),
        "total_fen", [], ("调整前",),
    ),
    "contract in ten thousands": Case(
        "contract", table(renamed(CONTRACT, 合同金额="合同金额（万元）"), {}), "amount_fen",
        [5_000 * 10**6],
    ),
    "contract in dollars": Case(
        "contract", table(renamed(CONTRACT, 合同金额="合同金额（美元）")), "amount_fen", None
    ),
    "contract's unit price": Case(
        "contract", table(renamed(CONTRACT, 合同金额="合同单价（元）")), "amount_fen", None
    ),
    "contract not yet with a sum": Case(
        "contract", table(CONTRACT, {"合同金额（元）": "据实结算"}), "amount_fen", [], ("金额",)
    ),
    "contract in another currency": Case(
        "contract", table(CONTRACT | {"币种": "美元"}), "amount_fen", [], ("美元",)
    ),
    "money in blanks": budget("预算数（元）", "100 000.00", 10_000_000),
    "two amounts": Case(
        "budget", table(BUDGET, {"预算数（元）": "80000 20000"}), "total_fen", [], ("两个数",)
    ),
}  # fmt: skip


TEXTS: dict[str, Case] = {
    "plan by the format": Case(
        "spending_plan_entry", table(PLAN, {"累计支出比例": 0.25}), "share_text", ["25%"],
        shape=looks("C2", "0%"),
    ),
    "target by the format": Case(
        "target_revision", table(REVISION, {"调整后指标值": 0.95}), "raw_value", ["95%"],
        shape=looks("D2", "0%"),
    ),
    "target with its unit by the format": Case(
        "target_revision", table(REVISION, {"调整后指标值": 30}), "raw_value", ["30次"],
        shape=looks("D2", '0"次"'),
    ),
    "target as an error": Case(
        "target_revision", table(REVISION, {"调整后指标值": "#N/A"}), "raw_value", [], ("错误值",)
    ),
    "target that became a day": Case(
        "target_revision", table(REVISION, {"调整后指标值": date(2024, 3, 4)}), "raw_value",
        ["2024-03-04"],
    ),
}  # fmt: skip

KINDS = (
    {f"count: {k}": v for k, v in COUNTS.items()}
    | {f"date: {k}": v for k, v in DATES.items()}
    | {f"word: {k}": v for k, v in WORDS.items()}
    | {f"row: {k}": v for k, v in ROWS.items()}
    | {f"sheet: {k}": v for k, v in SHEETS.items()}
    | {f"money: {k}": v for k, v in MONEY.items()}
    | {f"text: {k}": v for k, v in TEXTS.items()}
)

# a plan's shares as written → in basis points; None: the plan is not taken, and told
PLANS: dict[tuple[str, ...], list[int] | None] = {
    ("25%", "50%", "75%", "100%"): [2_500, 5_000, 7_500, 10_000],
    ("0.25", "0.5", "0.75", "1"): [2_500, 5_000, 7_500, 10_000],
    ("25", "50", "75", "100"): [2_500, 5_000, 7_500, 10_000],
    ("２５％", "100％"): [2_500, 10_000], ("25个百分点", "100%"): None,
    ("25万元", "100万元"): None, ("25%", "250%"): None, ("约25%", "100%"): None,
    ("序时进度", "100%"): None, ("0.25", "50", "100"): None,
    ("1", "50", "100"): [100, 5_000, 10_000],
    ("-25%", "100%"): None, ("50%", "25%", "100%"): None, ("25%", "90%"): None,
    ("25%（前三月）、50%", "100%"): None, ("25‰", "100%"): None, ("1/4", "1"): None,
}  # fmt: skip

AT_LEAST_90 = Limits("≥", "%", 90_000_000, None)
# how a share is reported → per cent as a person reads it; None: nobody can tell, and it is told
REPORTED: dict[tuple[object, str], str | None] = {
    (0.95, "0%"): "95", (0.9555, "0.00%"): "95.55", (0.95, "0.00"): None, (95, "General"): "95",
    ("95%", "@"): "95", ("９５％", "@"): "95", ("95 %", "@"): "95", ("0.95", "@"): None,
    ("95个百分点", "@"): "95", ("百分之九十五", "@"): "95", ("95‰", "@"): "9.5",
    ("950‰", "@"): "95", ("95%左右", "@"): None, ("约95%", "@"): None, ("92%-98%", "@"): None,
    ("不足95%", "@"): None, ("未达到95%", "@"): None, ("95分", "@"): None, ("1,5%", "@"): None,
    ("95，5%", "@"): None, ("9 5%", "@"): None, ("95%/98%", "@"): None, ("95/100", "@"): None,
    ("19/20", "@"): None, ("95人", "@"): None, ("--95%", "@"): None, ("95%？", "@"): None,
    (1, "0%"): "100", ("100%", "@"): "100", ("95％（95/100）", "@"): "95", ("九成五", "@"): None,
    (0.95, '0%"以上"'): "95", (date(2024, 3, 4), "yyyy-m-d"): None, (True, "General"): None,
    ("95%↑", "@"): None, ("剩余95%", "@"): None, ("-95%", "@"): "-95",
}  # fmt: skip

# written before anything was mended and read only after it
KEPT_ASIDE: dict[str, Case] = {
    "households in ten thousands, no brackets": Case(
        "insurance_enrolment",
        [["计量单位：户数为万户，保费为元"], *table(ENROLMENT)], "enrolled_households", None,
    ),
    "count with its unit and a comma": survey("1,350份", [380], "满意人数"),
    "survey of copies in hundreds": Case(
        "satisfaction_survey", [["调查结果（单位：百份、百人）"], *table(SURVEY)], "satisfied", None
    ),
    "grand total in English": summed("Grand Total"),
    "sum of the county": summed("全县", told=("之和",)),
    "sub total of the east": Case(
        "insurance_enrolment",
        table(
            ENROLMENT, *TWO_TOWNS, {"镇（办）": "东片小计", "常住户数": 8_000, "参保户数": 5_000},
            {"镇（办）": "南镇", "参保户数": 700},
        ),
        "enrolled_households", [4_000, 1_000, 700],
    ),
    "average below": Case(
        "satisfaction_survey",
        [*table(SURVEY, {}, {"调查编号": "D-2"}), ["平均", DAY, "综治宣传", 400, 380, 390]],
        "satisfied", [380, 380],
    ),
    "closed in a year far behind": Case(
        "mediation_case", table(MEDIATION, {"受理日期": "2024-03-05", "结案日期": "2034-03-20"}),
        "closed_on", [], ("2034",),
    ),
    "bought in the year 202": Case(
        "contract", table(CONTRACT, {"签订日期": "0202-03-05"}), "signed_on", [], ("日期",)
    ),
    "void in English": Case(
        "contract", table(CONTRACT, {}, {"合同号": "H-2", "Status": "Void"}), "amount_fen",
        [500_000], ("Void",),
    ),
    "contract ended early": Case(
        "contract", table(CONTRACT, {}, {"合同号": "H-2", "备注": "合同已解除，未执行"}),
        "amount_fen", [500_000] * 2, ("解除",),
    ),
    "case moved away": Case(
        "petition_case", petitions({}, {"处理状态": "已撤销"}), "channel", ["来访"], ("撤销",)
    ),
    "refused case": Case(
        "petition_case", petitions({}, {"办理状态": "不予受理"}), "channel", ["来访"], ("不予受理",)
    ),
    "void, but nobody is": Case(
        "petition_case", petitions({"是否作废": "否"}, {"是否作废": "否"}), "channel", ["来访"] * 2
    ),
    "remark of no weight": Case(
        "petition_case", petitions({}, {"备注": "群众表示感谢"}), "channel", ["来访"] * 2
    ),
    "merged days": Case(
        "petition_case", petitions({}, {"办结日期": None}), "closed_on",
        [date(2024, 3, 20), date(2024, 3, 20)], shape=merge("G2:G3"),
    ),
    "case number with a blank": Case(
        "mediation_case", table(MEDIATION, {}, {"案件编号": "M- 1", "调解结果": "调解不成"}),
        "outcome", ["调解成功"], ("重复",),
    ),
    "case number with another dash": Case(
        "mediation_case", table(MEDIATION, {}, {"案件编号": "M－1", "调解结果": "调解不成"}),
        "outcome", ["调解成功"], ("重复",),
    ),
    "case number in small letters": Case(
        "mediation_case", table(MEDIATION, {}, {"案件编号": "m-1", "调解结果": "调解不成"}),
        "outcome", ["调解成功"], ("重复",),
    ),
    "a filler's line below the revisions": Case(
        "target_revision",
        [*table(REVISION), ["填表人", "张某", date(2024, 4, 1), "审核", "李某"]], "raw_value",
        ["≥95%"], ("填表",),
    ),
    "parts that add up in ten thousands": Case(
        "budget_adjustment",
        table(renamed(ADJUSTED, 调整后="调整后预算数（万元）") | {
            "其中：财政资金（万元）": 100_000, "其他资金（万元）": 30_000}),
        "total_fen", [], ("之和",),
    ),
    "change that goes down": Case(
        "budget_adjustment",
        table({**ADJUSTED, "调整前预算数（元）": 150_000, "调减金额（元）": 30_000}),
        "total_fen", [12_000_000],
    ),
    "hidden columns of a csv": Case(
        "mediation_case", table(MEDIATION), "outcome", ["调解成功"], suffix=".csv", delimiter="\t"
    ),
    "hidden column that nobody reads": Case(
        "mediation_case", table(MEDIATION | {"经办人": "张某"}), "outcome", ["调解成功"],
        shape=hide_column("G"),
    ),
    "choice with a full stop between": mediated("群众评价", "satisfaction", "基本·满意"),
    "choice of less": mediated("群众评价", "satisfaction", "不太满意"),
    "yes in dialect": key_petition("係", [], "是"),
    "zone behind a blank": received("2024-03-02 10:00:00+08:00", [date(2024, 3, 2)]),
    "contract's currency is ours": Case(
        "contract", table(CONTRACT | {"币种": "人民币"}), "amount_fen", [500_000]
    ),
    "contract's rate of exchange": Case(
        "contract", table(CONTRACT | {"汇率": 7.1}), "amount_fen", [], ("汇率",)
    ),
}  # fmt: skip

REPORTED_ASIDE: dict[tuple[object, str], str | None] = {
    ("尚差95%", "@"): None,
    ("++95%", "@"): None, ("95%（剩余5%未完成）", "@"): None, ("仅95%", "@"): "95",
    ("未完成95%", "@"): None, ("完成率95%", "@"): "95", ("已完成95%", "@"): "95",
    ("完成年度任务的95%", "@"): "95", ("95.5％", "@"): "95.5", (0.955, "0.0%"): "95.5",
}  # fmt: skip

# written after the mends by the same hand, and read once before anything more was mended
WRITTEN_AFTER: dict[str, Case] = {
    "survey answers in tens": Case(
        "satisfaction_survey", table(renamed(SURVEY, 满意="满意人数（十人）")), "satisfied", None
    ),
    "counts below the header in hundreds": Case(
        "satisfaction_survey",
        [table(SURVEY)[0], ["", "", "", "百份", "百人", "百人"], table(SURVEY)[1]],
        "satisfied", None,
    ),
    "a title of ten thousand people": Case(
        "satisfaction_survey", [["万人评议满意度调查"], *table(SURVEY)], "satisfied", [380]
    ),
    "total by its number": Case(
        "insurance_enrolment",
        table(ENROLMENT, *TWO_TOWNS, {
            "镇（办）": "3", "常住户数": 8_000, "参保户数": 5_000, "累计保费（元）": 50_000}),
        "enrolled_households", [4_000, 1_000], ("之和",),
    ),
    "mean of the towns": Case(
        "insurance_enrolment",
        table(ENROLMENT, *TWO_TOWNS, {
            "镇（办）": "平均", "常住户数": 4_000, "参保户数": 2_500, "累计保费（元）": 25_000}),
        "enrolled_households", [4_000, 1_000],
    ),
    "so many towns": summed("2个镇办", told=("之和",)),
    "filed twice by a friend": Case(
        "mediation_case", table(MEDIATION, {}, {"案件编号": "M-2", "备注": "与M-1重复登记"}),
        "outcome", ["调解成功"] * 2, ("重复登记",),
    ),
    "valid or not": Case(
        "contract", table(CONTRACT, {"是否有效": "是"}, {"合同号": "H-2", "是否有效": "否"}),
        "amount_fen", [500_000], ("是否有效",),
    ),
    "state of the contract": Case(
        "contract", table(CONTRACT, {"状态": "履行中"}, {"合同号": "H-2", "状态": "已终止"}),
        "amount_fen", [500_000], ("已终止",),
    ),
    "budget of two years in columns": Case(
        "budget", table({**BUDGET, "2023年预算数（元）": 80_000}), "total_fen", [10_000_000]
    ),
    "adjusted by a decrease with a minus": Case(
        "budget_adjustment",
        table({**ADJUSTED, "调整前预算数（元）": 140_000, "增减额（元）": -20_000}), "total_fen",
        [12_000_000],
    ),
    "adjusted in other units beside": Case(
        "budget_adjustment",
        table({**ADJUSTED, "调整前预算数（万元）": 10, "调增金额（万元）": 2}), "total_fen", None,
    ),
    "signed at the foot": Case(
        "mediation_case", [*table(MEDIATION), ["审核：", "李某", None, None, "制表：张某"]],
        "outcome", ["调解成功"], ("不能为空",),
    ),
    "received before it was written": Case(
        "contract", table(CONTRACT, {"签订日期": date(1899, 12, 31)}), "signed_on", [], ("日期",)
    ),
    "yes in another box": key_petition("是✓", [], "是"),
    "number of a case with trailing stop": Case(
        "petition_case", table(PETITION, {}, {"信访编号": "X-1.", "信访渠道": "来信"}),
        "channel", ["来访"], ("重复",),
    ),
}  # fmt: skip

ALL_KINDS = KINDS | KEPT_ASIDE | WRITTEN_AFTER


def write(case: Case, folder: Path) -> Path:
    path = folder / f"{case.name}{case.suffix}"
    if case.suffix != ".xlsx":
        lines = (case.delimiter.join("" if c is None else str(c) for c in r) for r in case.rows)
        path.write_text("\n".join(lines), case.encoding)
        return path
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = case.sheet
    for row in case.rows:
        sheet.append(list(row))
    if case.shape is not None:
        case.shape(book)
    book.save(path)
    return path


def read(case: Case, folder: Path) -> RegisterReading:
    return read_register(
        write(case, folder),
        register(case.register),
        fiscal_year=2024,
        known_projects={"项目甲", "项目乙"},
    )


def said_of(reading: RegisterReading) -> str:
    reasons = (f"{row.column_label}：{row.reason}" for row in reading.quarantined)
    return "\n".join([*reasons, *map(str, reading.notices)])


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_a_register_reads_as_a_person_would_or_is_told(kind: str, tmp_path: Path) -> None:
    case = ALL_KINDS[kind]
    if case.values is None:
        with pytest.raises(PerfPipelineError) as refused:
            read(case, tmp_path)
        for words in case.told:
            assert words in str(refused.value)
        return
    reading = read(case, tmp_path)
    said = said_of(reading)
    assert [row.values[case.column] for row in reading.rows] == list(case.values), said
    for words in case.told:
        assert words in said
    assert case.told or not reading.quarantined, said
    assert reading.rows_read == len(reading.rows) + len(reading.quarantined) + reading.skipped


@pytest.mark.parametrize(("written", "number_format"), REPORTED | REPORTED_ASIDE)
def test_a_reported_share_is_read_or_is_not_comparable(
    written: object, number_format: str, tmp_path: Path
) -> None:
    case = Case(
        "reported_value", table(REPORT, {"完成值": written}), "reported_text", [],
        shape=looks("D2", number_format),
    )  # fmt: skip
    reading = read(case, tmp_path)
    texts = [str(row.values["reported_text"]) for row in reading.rows]
    percent = (REPORTED | REPORTED_ASIDE)[written, number_format]
    numbers = [read_number(text, AT_LEAST_90) for text in texts]
    assert numbers in ([None], []) if percent is None else [Fraction(percent) / 100], texts


@pytest.mark.parametrize("written", PLANS)
def test_a_plan_is_read_or_not_taken(written: tuple[str, ...]) -> None:
    shares, fault = plan_shares(written)
    assert (None if fault else shares) == PLANS[written], fault
