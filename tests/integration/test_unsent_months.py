"""Months that have not come, of registers handed in month by month, are open points."""

from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path

import pytest
from openpyxl import Workbook
from sqlalchemy import Engine, insert, select

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.measures.waiting import waiting_files
from perf_pipeline.quality.doubles import reported_twice
from perf_pipeline.quality.unsent import months_not_sent
from perf_pipeline.warehouse.loading import load_register
from perf_pipeline.warehouse.schema import department, project, source_file
from tests.kept import empty_warehouse

PROJECTS = "项目甲", "项目乙"
HEAD = ["凭证号", "支付日期", "项目名称", "支付金额", "资金来源"]

BY_PAYEE = ["项目名称", "收款单位", "本月数", "累计数"]
BY_SOURCE, OF = ["项目名称", "资金来源", "本月数", "累计数"], ["项目甲"]
PURPOSES = "当月数0，表上累计5", "当月数101，表上累计900"


GAPS = {("甲", 3), ("甲", 6)}


def paid(*months: int, of: str = "项目甲") -> list[Sequence[object]]:
    number = "记" if of == "项目甲" else of
    rows = [[f"{number}-{m}", f"2024-{m:02}-05", of, 100 + m, "财政资金"] for m in months]
    return [HEAD, *rows]


def month_report(current: int, so_far: int) -> list[Sequence[object]]:
    return [["项目名称", "本月数", "累计数"], ["项目甲", current, so_far]]


def hand_over(tmp_path: Path, files: Mapping[str, Sequence[Sequence[object]]]) -> None:
    for name, rows in files.items():
        department, _, stem = name.partition("/")
        path = tmp_path / "2024" / department / "registers" / f"{stem}.xlsx"
        path.parent.mkdir(parents=True, exist_ok=True)
        book = Workbook()
        for row in rows:
            book.worksheets[0].append(list(row))
        book.save(path)


def handed_in(tmp_path: Path, files: Mapping[str, Sequence[Sequence[object]]]) -> Engine:
    engine = empty_warehouse(f"sqlite:///{tmp_path / 'warehouse.db'}")
    budget = [["项目名称", "预算数", "财政资金"], *([each, 10000, 10000] for each in PROJECTS)]
    departments = {name.partition("/")[0] for name in files}
    hand_over(tmp_path, {**{f"{of}/项目预算表": budget for of in departments}, **files})
    load_register(engine, tmp_path, "budget")
    with engine.begin() as connection:
        for file, name in product(connection.execute(select(source_file)).all(), PROJECTS):
            row = {"name": name, "ordinal": 1, "row_key": name, "fiscal_year": 2024}
            row |= {"department_id": file.department_id, "source_file_id": file.id}
            connection.execute(insert(project).values(row))
    load_register(engine, tmp_path, "budget")
    load_register(engine, tmp_path, "payment")
    return engine


def asked(tmp_path: Path, files: Mapping[str, Sequence[Sequence[object]]]) -> list[str]:
    with handed_in(tmp_path, files).connect() as connection:
        return [f"{said[0]}：{said[3]}" for said in months_not_sent(connection)]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({f"甲/支付台账{m}月": paid(m) for m in (1, 2, 4)}, ["甲：3月的还没有收到，前后各月都有"]),
        ({"甲/支付台账一季度": paid(1, 2), "甲/支付台账三季度": paid(8)}, ["甲：4、5、6月的"]),
        ({"甲/支付台账1-3月": paid(1, 2, 3), "甲/支付台账4月": paid(4)}, []),
        (
            {f"甲/支付台账{m}月": paid(*([m] if m != 3 else [])) for m in (1, 2, 3, 4)},
            [],  # 3月's has a heading alone: nothing was paid
        ),
        ({"甲/支付台账": paid(1, 3, 8)}, []),  # one file is no habit
        (
            {f"{of}/支付台账{m}月": paid(m) for of in "甲乙" for m in range(1, 7 - (of == "甲"))},
            ["甲：6月的还没有收到，按月报送的"],
        ),
        (  # a quarter's file comes when the quarter is over
            {
                **{f"{of}/支付台账{m}月": paid(m) for of in "乙丙" for m in range(1, 8)},
                "甲/支付台账一季度": paid(1, 3),
                "甲/支付台账二季度": paid(4),
            },
            [],
        ),
        ({f"甲/支付台账{n}": paid(*m) for n, m in enumerate(((1, 2), (4,), (9,)))}, []),
        (
            {
                "甲/支付台账2024年1月": month_report(3, 3),
                "甲/支付台账2024年2月": month_report(1, 4),
            },
            [],
        ),
        (
            {"甲/支付台账2024年6月": month_report(1, 4)},
            ["甲：到2024-06-30，表上累计4.00元，各表的当月数加起来是1.00元"],
        ),
        (
            {"甲/支付台账2024年6月": month_report(0, 4)},
            ["甲：到2024-06-30，表上累计4.00元，各表的当月数加起来是0.00元"],
        ),
        (  # a line for each source of funds: the project's is their sum
            {"甲/支付台账2024年6月": [BY_SOURCE, [*OF, "财政资金", 3, 9], [*OF, "其他资金", 1, 1]]},
            ["甲：到2024-06-30，表上累计10.00元，各表的当月数加起来是4.00元"],
        ),
        (  # what a payee got so far: nobody else's, and of those who are named
            {"甲/支付台账2024年6月": [BY_PAYEE, [*OF, "一公司", 3, 9], [*OF, "二公司", 1, 1]]},
            ["甲：有一个收款单位，到2024-06-30，表上累计9.00元，各表的当月数加起来是3.00元"],
        ),
        (
            {
                "甲/支付台账2024年5月": [BY_PAYEE, [*OF, "一公司", 3, 3]],
                "甲/支付台账2024年6月": [BY_PAYEE, [*OF, "二公司", 1, 1]],
            },
            [],
        ),
        *(  # paid twice in a month: each line tells what the payee got so far
            ({"甲/支付台账2024年6月": [BY_PAYEE, [*OF, "甲", 3, one], [*OF, "甲", 2, 5]]}, [])
            for one in (3, 5)
        ),
        *(
            ({f"甲/{name.format(m)}": paid(int(m)) for m in (1, 2, 4)}, ["甲：3月的还没有收到"])
            for name in ("支付台账-{}月", "支付台账2024-{}月", "{}月-支付台账", "支付台账.{}月份")
        ),
        (
            {f"甲/支付台账{n}月": paid(m) for n, m in (("十", 10), ("十二", 12), ("九", 9))},
            ["甲：11月的还没有收到"],
        ),
        ({"甲/支付台账1月-3月": paid(1, 2, 3), "甲/支付台账5、6月": paid(5, 6)}, []),
        (  # what people write of a payment is theirs
            {
                "甲/支付台账": [
                    [*HEAD, "用途"],
                    *([*row, words] for row, words in zip(paid(1, 2)[1:], PURPOSES, strict=True)),
                ]
            },
            [],
        ),
    ],
)
def test_a_month_that_has_not_come_is_asked_for(
    tmp_path: Path, files: Mapping[str, Sequence[Sequence[object]]], said: list[str]
) -> None:
    found = asked(tmp_path, files)
    assert len(found) == len(said)
    assert all(one.startswith(start) for one, start in zip(found, said, strict=True))


def test_what_a_report_asks_for_hangs_not_on_whose_reports_are_drawn_with_it(
    tmp_path: Path,
) -> None:
    parts = [(of, month) for of in "甲乙" for month in range(1, 7) if (of, month) not in GAPS]
    files: dict[str, Sequence[Sequence[object]]] = {
        f"{of}/支付台账{month}月": paid(month) for of, month in parts
    }
    with handed_in(tmp_path, files).connect() as connection:
        numbers = dict(connection.execute(select(department.c.code, department.c.id)).all())
        both = [*months_not_sent(connection, frozenset(numbers.values()))]
        alone = [*months_not_sent(connection, frozenset({numbers["甲"]}))]
        of_all = [*months_not_sent(connection)]
    assert [said[3] for said in both] == ["3月的还没有收到，前后各月都有"]
    assert alone == both
    assert [said[3][:2] for said in of_all] == ["3月", "6月"]


@pytest.mark.parametrize(
    ("month", "said"), [(3, []), (6, ["4月", "6月"]), (10, ["4、6、8月", "10月"])]
)
def test_a_judged_checkpoint_needs_the_months_until_its_day(
    tmp_path: Path, month: int, said: list[str]
) -> None:
    months = (1, 2, 3, 5, 7, 9) if month > 6 else (1, 2, 3, 5)
    seen = Checkpoint(2024, month, (3, 6, 10, 12))
    files = {f"甲/支付台账-{m}月": paid(m) for m in months}
    with handed_in(tmp_path, files).connect() as connection:
        found = [words for *_, words, _ in months_not_sent(connection, seen=seen)]
    assert [each.partition("的还没有")[0] for each in found] == said


@pytest.mark.parametrize(
    ("later", "gone"),
    [
        ({"甲/支付台账": paid(2, 3, 4)}, True),
        ({"甲/支付台账": paid(2, 3, 4), "甲/支付台账1月": paid()}, False),  # nothing in January
        ({"甲/支付台账": paid(2, 3, 4), "甲/支付台账一月份": paid(1)}, False),
        ({"甲/支付台账": [*paid(2, 3), ["记-1", "2024-02-05", "项目甲", 101, "财政资金"]]}, False),
        ({"甲/支付台账": [*paid(2, 3), ["记-1", "2024-04-05", "项目甲", 7, "财政资金"]]}, True),
    ],
)
def test_a_month_that_an_export_no_longer_has_is_asked_about(
    tmp_path: Path, later: Mapping[str, Sequence[Sequence[object]]], gone: bool
) -> None:
    engine = handed_in(tmp_path, {"甲/支付台账": paid(1, 2, 3)})
    with engine.connect() as connection:
        assert list(months_not_sent(connection)) == []
    hand_over(tmp_path, later)
    load_register(engine, tmp_path, "payment")
    with engine.connect() as connection:
        said = [each[3] for each in months_not_sent(connection)]
    assert said == ["1月的1行以前的一版里有，现在没有一行是1月的"] * gone


@pytest.mark.parametrize(
    ("absent", "said"),
    [
        ({("项目乙", 3)}, [("项目乙", "3月")]),
        ({("项目乙", 2), ("项目乙", 3)}, []),  # not each month
        ({("项目甲", 3), ("项目乙", 3)}, [("支付台账", "3月")]),
        (set(), []),
    ],
)
def test_a_month_of_one_project_is_asked_for_where_each_has_its_own_files(
    tmp_path: Path, absent: set[tuple[str, int]], said: list[tuple[str, str]]
) -> None:
    parts = [each for each in product(PROJECTS, range(1, 6)) if each not in absent]
    files = {f"甲/支付台账-{of}-{month}月": paid(month, of=of) for of, month in parts}
    with handed_in(tmp_path, files).connect() as connection:
        found = [
            (each[2], each[3].partition("的还没有")[0]) for each in months_not_sent(connection)
        ]
    assert found == said


def test_files_by_project_follow_one_another_by_chance(tmp_path: Path) -> None:
    months = {"甲": (1, 5), "乙": (6,), "乙二": (9,)}
    files = {f"甲/支付台账{of}": paid(*at, of=f"项目{of[0]}") for of, at in months.items()}
    with handed_in(tmp_path, files).connect() as connection:
        assert list(months_not_sent(connection, seen=Checkpoint(2024, 12, (6, 12)))) == []


def test_a_case_of_last_year_that_is_over_leaves_no_month_open(tmp_path: Path) -> None:
    head = ["信访编号", "收到日期", "信访渠道", "镇（办）", "受理日期", "办结日期"]
    old: Sequence[object] = ["信1", "2023-11-05", "来访", "东城街道", "2023-11-06", "2024-01-20"]
    new: Sequence[object] = ["信2", "2024-02-05", "来访", "东城街道", "2024-02-06", None]
    engine = handed_in(tmp_path, {"甲/信访事项台账": [head, old, new]})
    load_register(engine, tmp_path, "petition_case")
    hand_over(tmp_path, {"甲/信访事项台账": [head, new]})
    load_register(engine, tmp_path, "petition_case")
    with engine.connect() as connection:
        assert list(months_not_sent(connection)) == []


def test_a_judged_ledger_of_one_quarter_lacks_the_others(tmp_path: Path) -> None:
    with handed_in(tmp_path, {"甲/支付台账一季度": paid(1, 3)}).connect() as connection:
        of = {
            month: [words[:6] for *_, words, _ in months_not_sent(connection, seen=judged)]
            for month in (3, 6)
            if (judged := Checkpoint(2024, month, (3, 6, 12)))
        }
    assert of == {3: [], 6: ["4、5、6月"]}


@pytest.mark.parametrize(
    ("files", "waits"),
    [
        ({"甲/支付台账1月": paid(1), "甲/支付台账2月": paid()}, False),  # nothing in February
        ({"甲/支付台账1月": paid(1), "甲/支付台账": paid()}, True),
        ({"甲/支付台账2月": paid()}, True),  # nothing is known at all
    ],
)
def test_a_heading_alone_says_nothing_but_of_a_month_beside_others(
    tmp_path: Path, files: Mapping[str, Sequence[Sequence[object]]], waits: bool
) -> None:
    with handed_in(tmp_path, files).connect() as connection:
        whose = connection.scalar(select(source_file.c.department_id)) or 0
        waiting = waiting_files(connection, Checkpoint(2024, 3, (3, 6, 12)))
        assert bool(waiting.of(whose, frozenset({"payment"}))) is waits


@pytest.mark.parametrize(("so_far", "partly"), [(1, False), (4, True)])
def test_what_was_paid_is_known_in_part_while_months_are_missing(
    tmp_path: Path, so_far: int, partly: bool
) -> None:
    engine = handed_in(tmp_path, {"甲/支付台账2024年6月": month_report(1, so_far)})
    with engine.connect() as connection:
        whose = connection.scalar(select(source_file.c.department_id)) or 0
        for month in (3, 6):
            waiting = waiting_files(connection, Checkpoint(2024, month, (3, 6, 12)))
            assert waiting.is_part_of(whose, ("payment",)) is partly
            said = waiting.of(whose, frozenset({"payment"}))
            assert bool(said and "表上累计4.00元" in said) is partly


def test_a_source_that_paid_nothing_hides_no_month_that_was_handed_in_twice(tmp_path: Path) -> None:
    table = [BY_SOURCE, [*OF, "财政资金", 6, 6], [*OF, "其他资金", 0, 0]]
    each = [[f"记-{n}", f"2024-06-{n:02}", *OF, n, "财政资金"] for n in (1, 2, 3)]
    engine = handed_in(tmp_path, {"甲/支付台账2024年6月": table, "甲/支付台账明细": [HEAD, *each]})
    with engine.connect() as connection:
        (said,) = reported_twice(connection)
    assert "有1行是" in said[3]


@pytest.mark.parametrize(
    ("months", "said"),
    [
        ((1, 2, 4), ["甲：3月的还没有收到"]),
        ((3, 6, 9), []),
        ((1, 4), []),
        ((3, 6, 10, 12), []),  # by checkpoints
    ],
)
def test_other_registers_come_by_months_where_their_names_say_so(
    tmp_path: Path, months: Sequence[int], said: list[str]
) -> None:
    head = ["活动编号", "活动日期", "项目名称", "活动主题", "宣传形式", "发放宣传品数量"]
    files = {
        f"甲/宣传活动记录{m}月": [
            head,
            [f"{m}", f"2024-{m:02}-05", "项目甲", "平安建设", "集中宣讲", 10],
        ]
        for m in months
    }
    engine = handed_in(tmp_path, files)
    load_register(engine, tmp_path, "publicity_activity")
    with engine.connect() as connection:
        found = [f"{of}：{words}" for of, _, _, words, _ in months_not_sent(connection)]
    assert [one.partition("，")[0] for one in found] == said
