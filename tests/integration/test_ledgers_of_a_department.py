"""Ledgers beside one another: columns remembered, sources known, vouchers of one number."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import Engine, select

from perf_pipeline.quality.doubles import reported_twice
from perf_pipeline.quality.months import months_alike
from perf_pipeline.warehouse.loading import load_register
from perf_pipeline.warehouse.outcomes import FileOutcome
from perf_pipeline.warehouse.schema import project, register_tables, source_file
from tests.kept import empty_warehouse

HEAD = ["凭证号", "支付日期", "项目名称", "支付金额（元）", "资金来源"]


def hand_in(inbox: Path, name: str, *rows: Sequence[object], year: str = "2024") -> Path:
    folder = inbox / year / "bureau" / "registers"
    folder.mkdir(parents=True, exist_ok=True)
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(list(row))
    book.save(folder / name)
    return folder / name


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[Engine]:
    """A warehouse whose department has one project, known by its budget's file."""
    engine = empty_warehouse(f"sqlite:///{tmp_path / 'warehouse.db'}")
    hand_in(
        tmp_path, "项目预算表.xlsx", ["项目名称", "预算数", "财政资金"], ["项目甲", 10000, 10000]
    )
    load_register(engine, tmp_path, "budget")
    _make_projects(engine)
    load_register(engine, tmp_path, "budget")
    yield engine
    engine.dispose()


def _make_projects(engine: Engine) -> None:
    with engine.begin() as connection:
        file = connection.execute(select(source_file)).mappings().first()
        assert file is not None
        row = {"name": "项目甲", "ordinal": 1, "row_key": "项目甲", "row_number": 1}
        row |= {"department_id": file["department_id"], "fiscal_year": 2024}
        connection.execute(project.insert().values(**row, source_file_id=file["id"]))


def payments(engine: Engine) -> dict[str, int]:
    table = register_tables["payment"]
    rows = select(table.c.row_key, table.c.amount_fen).where(table.c.closed_by_id.is_(None))
    with engine.connect() as connection:
        return {row.row_key: row.amount_fen for row in connection.execute(rows)}


def load(engine: Engine, inbox: Path) -> list[FileOutcome]:
    return list(load_register(engine, inbox, "payment"))


def test_a_file_waits_with_a_question_until_its_columns_are_written_down(
    warehouse: Engine, tmp_path: Path
) -> None:
    head = ["凭证号", "支付日期", "项目名称", "核定数"]
    hand_in(tmp_path, "支付台账.xlsx", head, ["1", date(2024, 2, 1), "项目甲", 5])
    [waiting] = load(warehouse, tmp_path)
    assert waiting.outcome == "refused"
    assert "列对照表" in (waiting.reason or "")
    asked = ["台账", "表里的列", "台账的列"]
    hand_in(tmp_path, "列对照表.xlsx", asked, ["支付台账", "核定数", "支付金额（元）"])
    [loaded] = load(warehouse, tmp_path)
    assert (loaded.outcome, loaded.rows_loaded) == ("loaded", 1)
    assert payments(warehouse) == {"1": 500}


def test_a_project_with_one_source_needs_none_written(warehouse: Engine, tmp_path: Path) -> None:
    hand_in(tmp_path, "支付台账.xlsx", HEAD[:4], ["1", date(2024, 2, 1), "项目甲", 5])
    [loaded] = load(warehouse, tmp_path)
    assert (loaded.rows_loaded, loaded.rows_quarantined) == (1, 0)


def test_numbers_that_begin_again_each_month_are_kept_apart_over_files(
    warehouse: Engine, tmp_path: Path
) -> None:
    for month in (1, 2):
        row = ["记-1", date(2024, month, 5), "项目甲", month, "财政资金"]
        hand_in(tmp_path, f"支付台账{month}月.xlsx", HEAD, row)
    load(warehouse, tmp_path)
    assert sum(payments(warehouse).values()) == 300
    hand_in(tmp_path, "支付台账1月.xlsx", HEAD, ["记-1", date(2024, 1, 5), "项目甲", 7, "财政资金"])
    load(warehouse, tmp_path)
    assert sum(payments(warehouse).values()) == 900


def test_one_voucher_in_two_files_with_two_amounts_is_told_with_both_rows(
    warehouse: Engine, tmp_path: Path
) -> None:
    for name, amount in (("支付台账a.xlsx", 1), ("支付台账b.xlsx", 2)):
        hand_in(tmp_path, name, HEAD, ["记-1", date(2024, 1, 5), "项目甲", amount, "财政资金"])
    _, later = load(warehouse, tmp_path)
    [told] = [each for each in later.notices if "记-1" in each]
    assert "支付台账a.xlsx" in told
    assert told.count("第2行") == 2


def test_a_ledger_without_numbers_is_the_same_when_shuffled_and_longer(
    warehouse: Engine, tmp_path: Path
) -> None:
    head = ["支付日期", "项目名称", "支付金额（元）", "收款单位"]
    rows = [
        [date(2024, 1, day), "项目甲", amount, "甲"] for day, amount in ((1, 1), (2, 2), (2, 2))
    ]
    hand_in(tmp_path, "支付台账.xlsx", head, *rows)
    load(warehouse, tmp_path)
    before = payments(warehouse)
    hand_in(tmp_path, "支付台账.xlsx", head, *reversed(rows), [date(2024, 3, 1), "项目甲", 9, "乙"])
    load(warehouse, tmp_path)
    after = payments(warehouse)
    assert sum(before.values()) == 500
    assert before.items() <= after.items()
    assert sum(after.values()) == 1400


PLAIN = [*HEAD[:3], "支付金额", "资金来源"]
QUARTER = [("1", 1, 100), ("2", 2, 200), ("3", 3, 50)]
File = tuple[str, Sequence[str], Sequence[Sequence[Any]]]


def rows_of(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[list[object]]:
    """Rows of number, month, amount and what stands beside, as a ledger under a header."""
    lines: list[list[object]] = []
    for no, month, amount, *more in rows:
        lines.append([no, date(2024, month, 5), "项目甲", amount, "财政资金", *more])
    numbered = "凭证号" in head
    return [list(head), *(line if numbered else line[1:] for line in lines)]


@pytest.mark.parametrize(
    ("first", "then", "paid", "told"),
    [
        (("甲", PLAIN, QUARTER), ("乙", PLAIN, QUARTER), 35000, ""),
        (("甲", PLAIN, QUARTER), ("乙", PLAIN, QUARTER[2:]), 35000, ""),
        (("甲", PLAIN, QUARTER), ("乙", PLAIN, [*QUARTER[::-1], ("4", 4, 50)]), 40000, ""),
        (("甲", PLAIN, QUARTER), ("甲", PLAIN, [*QUARTER[::-1], ("4", 4, 50)]), 40000, ""),
        (
            ("甲", PLAIN, QUARTER),
            ("甲", PLAIN, [("4", 4, 50)]),
            5000,
            "3行这次没有了（共350.00元）",
        ),
        (("甲", PLAIN[1:], QUARTER), ("甲", PLAIN[1:], QUARTER[2:]), 5000, "2行这次没有了"),
        (
            ("甲", PLAIN[1:], QUARTER),
            ("乙", PLAIN[1:], QUARTER),
            35000,
            "3行与文件“支付台账甲.xlsx”",
        ),
        (("甲", PLAIN, QUARTER), ("乙", PLAIN, [("2", 4, 200)]), 55000, "只有日期不同，都已计入"),
        (("甲", PLAIN, QUARTER), ("乙", PLAIN, [("2", 4, 20)]), 37000, ""),
        (
            ("甲", PLAIN, QUARTER),
            ("乙", PLAIN, [("0001", 1, 100), ("0002", 2, 200)]),
            65000,
            "有2笔项目、金额相同",
        ),
        (
            ("甲", PLAIN, QUARTER),
            ("乙", [*PLAIN, "支付状态"], [("2", 2, 200, "作废"), ("4", 4, 50, "已支付")]),
            40000,
            "“2”在本文件里没有计入（作废等），而文件“支付台账甲.xlsx” 工作表“Sheet” 第3行照样计入",
        ),
        (
            ("甲", [*HEAD[:3], "支付金额（万元）", "资金来源"], [("1", 1, 1)]),
            ("甲", PLAIN, [("1", 1, 1)]),
            100,
            "上一版的金额按“万元”读，这一版按“元”读",
        ),
    ],
)
def test_a_second_file_counts_once_or_says_what_may_be_wrong(
    warehouse: Engine, tmp_path: Path, first: File, then: File, paid: int, told: str
) -> None:
    for name, head, rows in (first, then):
        hand_in(tmp_path, f"支付台账{name}.xlsx", *rows_of(head, rows))
        outcomes = load(warehouse, tmp_path)
    assert sum(payments(warehouse).values()) == paid
    said = [words for each in outcomes for words in each.notices if "按内容识别" not in words]
    said = [words for words in said if not words.startswith(("金额按", "1行的“支付状态”"))]
    with warehouse.connect() as connection:
        said += [words for _, _, _, words, _ in reported_twice(connection)]
    assert [words for words in said if told in words] == said
    assert bool(said) == bool(told)


@pytest.mark.parametrize(
    ("amounts", "refused"),
    [
        ((10, 25, 25), [3]),  # sums
        ((10, 25, 25, 40, 60), [3, 4, 5]),  # what follows them is none the less
        ((10, 25, 25, 20), [3]),
        ((10, 25, 20), []),  # payments
        ((10, 10, 10), []),  # rents
    ],
)
def test_sums_since_january_are_noticed_over_the_files_of_months(
    warehouse: Engine, tmp_path: Path, amounts: Sequence[int], refused: list[int]
) -> None:
    head = ["支付日期", "项目名称", "支付金额", "资金来源"]
    for month, yuan in enumerate(amounts, start=1):
        row = [date(2024, month, 28), "项目甲", yuan, "财政资金"]
        hand_in(tmp_path, f"支付台账{month}月.xlsx", head, row)
        outcomes = load(warehouse, tmp_path)
    waits = [each for each in outcomes if "连同“支付台账1月.xlsx”等" in (each.reason or "")]
    assert [each.path[-7:] for each in waits] == [f"{month}月.xlsx" for month in refused]


def _notices(engine: Engine, name: str) -> str:
    query = select(source_file.c.notices).where(source_file.c.path.endswith(name))
    with engine.connect() as connection:
        return str(connection.scalar(query.order_by(source_file.c.id.desc())))


@pytest.mark.parametrize("year_first", [False, True])
def test_a_payment_of_a_month_that_the_year_no_longer_has_is_told(
    warehouse: Engine, tmp_path: Path, year_first: bool
) -> None:
    def row(number: int) -> Sequence[object]:
        return [str(number), date(2024, (number + 2) // 3, number), "项目甲", number, "财政资金"]

    def months() -> None:
        for month in (1, 2, 3):
            of_month = map(row, (3 * month - 2, 3 * month - 1, 3 * month))
            hand_in(tmp_path, f"支付台账{month}月.xlsx", HEAD, *of_month)
            load(warehouse, tmp_path)

    def year() -> None:
        hand_in(tmp_path, "支付台账全年.xlsx", HEAD, *map(row, (1, 2, 3, 5, 6, 7, 8, 9, 10)))
        load(warehouse, tmp_path)

    for handed_in in (year, months) if year_first else (months, year):
        handed_in()
    assert sum(payments(warehouse).values()) == 5500  # the fourth counts until it is taken out
    told = "支付台账2月.xlsx" if year_first else "支付台账全年.xlsx"
    assert "有1笔（共4.00元）" in _notices(warehouse, told)
    others = {"支付台账1月.xlsx", "支付台账3月.xlsx", "支付台账全年.xlsx"} - {told}
    assert not any("笔（共" in _notices(warehouse, name) for name in others)


def test_a_payment_without_number_corrected_in_the_year_is_told_of_both_files(
    warehouse: Engine, tmp_path: Path
) -> None:
    days = [[date(2024, 1, day), "项目甲", day, "财政资金"] for day in (5, 6, 7)]
    hand_in(tmp_path, "支付台账1月.xlsx", HEAD[1:], *days)
    load(warehouse, tmp_path)
    changed = [*days[:2], [date(2024, 1, 7), "项目甲", 8, "财政资金"]]
    hand_in(tmp_path, "支付台账全年.xlsx", HEAD[1:], *changed)
    load(warehouse, tmp_path)
    told = _notices(warehouse, "支付台账全年.xlsx")
    assert "“支付台账1月.xlsx”有1笔（共7.00元）本文件没有" in told
    assert "本文件有1笔（共8.00元）“支付台账1月.xlsx”没有" in told


def test_the_months_that_follow_are_no_contradiction(warehouse: Engine, tmp_path: Path) -> None:
    rows = [[str(n), date(2024, n, 5), "项目甲", n, "财政资金"] for n in range(1, 7)]
    hand_in(tmp_path, "支付台账上半年.xlsx", HEAD, *rows)
    load(warehouse, tmp_path)
    more = [str(7), date(2024, 7, 5), "项目甲", 7, "财政资金"]
    hand_in(tmp_path, "支付台账前七月.xlsx", HEAD, *rows, more)
    load(warehouse, tmp_path)
    assert "笔（共" not in _notices(warehouse, "支付台账前七月.xlsx")


def test_a_month_handed_in_under_the_same_name_and_numbers_is_told(
    warehouse: Engine, tmp_path: Path
) -> None:
    for month, amounts in ((1, (1, 2, 3)), (2, (4, 5)), (3, (6, 7, 8, 9))):
        rows = [(f"记-{nth}", month, amount) for nth, amount in enumerate(amounts, 1)]
        hand_in(tmp_path, "支付台账.xlsx", *rows_of(PLAIN, rows))
        [loaded] = load(warehouse, tmp_path)
        told = [each for each in loaded.notices if "像是另外几行" in each]
        assert len(told) == (month > 1), loaded.notices
    rows = [(f"记-{nth}", 3, amount) for nth, amount in enumerate((6, 7, 8, 10), 1)]
    hand_in(tmp_path, "支付台账.xlsx", *rows_of(PLAIN, rows))
    [corrected] = load(warehouse, tmp_path)
    assert corrected.notices == ()


@pytest.mark.parametrize(
    ("name", "month", "told"),
    [
        ("支付台账6月.xlsx", 5, True),
        ("2024年6月支付台账.xlsx", 5, True),
        ("支付台账6月.xlsx", 6, False),
        ("支付台账1-6月.xlsx", 5, False),
        ("支付台账截至6月.xlsx", 5, False),
        ("支付台账1 - 6月.xlsx", 5, False),
        ("支付台账前6月.xlsx", 5, False),
        ("支付台账5月6月.xlsx", 5, False),
        ("支付台账6月15日.xlsx", 5, False),
    ],
)
def test_a_file_without_a_row_of_the_month_in_its_name_is_told(
    warehouse: Engine, tmp_path: Path, name: str, month: int, told: bool
) -> None:
    hand_in(tmp_path, name, *rows_of(PLAIN, [("1", month, 5)]))
    [loaded] = load(warehouse, tmp_path)
    assert any("像是别的月份" in each for each in loaded.notices) is told


@pytest.mark.parametrize(
    ("months", "told"),
    [
        ({5: (1, 2, 3, 4, 5), 6: (1, 2, 3, 4, 5)}, "6月的5笔支付与5月的"),
        ({5: (1, 2, 3, 4, 5), 6: (1, 2, 3, 5, 4)}, ""),  # the same sum, to other payees
        (
            {4: (1, 2, 3, 4, 5), 5: (1, 2, 3, 4, 5), 6: (1, 2, 3, 4, 5)},
            "",
        ),  # what is paid each month
        ({5: (1, 2, 3, 4), 6: (1, 2, 3, 4)}, ""),
        ({month: (100 * month,) for month in range(1, 6)}, "像是年初以来的累计数"),
        ({month: (100 * month,) for month in range(1, 5)}, ""),
        ({1: (1,), 2: (2,), 3: (3,), 4: (4,), 5: (4,)}, ""),
    ],
)
def test_months_that_are_alike_or_only_rise_are_asked_about(
    warehouse: Engine, tmp_path: Path, months: dict[int, tuple[int, ...]], told: str
) -> None:
    rows = [
        [f"记-{month}-{nth}", date(2024, month, 5), "项目甲", yuan, "财政资金", f"公司{nth}"]
        for month, amounts in months.items()
        for nth, yuan in enumerate(amounts)
    ]
    hand_in(tmp_path, "支付台账.xlsx", [*HEAD, "收款单位"], *rows)
    load(warehouse, tmp_path)
    with warehouse.connect() as connection:
        said = [words for _, _, _, words, _ in months_alike(connection)]
    assert len(said) == bool(told)
    assert told in "".join(said)
