"""The backtest: honest about time, plain about faults, stable in shape."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from perf_pipeline.domain.errors import LayoutError, UnreadableFileError
from perf_pipeline.domain.outlook import OutlookLimits
from perf_pipeline.monitoring.backtest.moments import moments
from perf_pipeline.monitoring.backtest.naive import naive
from perf_pipeline.monitoring.backtest.run import QUANTILES, backtest
from perf_pipeline.monitoring.backtest.table import read_past_years
from tests.commands import call

COUNTS = "entity,year,period,periods,count"
RATES = "entity,year,period,periods,numerator,denominator"
LIMITS = OutlookLimits()
SPENDING = "entity,year,period,periods,cumulative,budget"


def write(folder: Path, header: str, *rows: str) -> Path:
    path = folder / "past.csv"
    path.write_text("\n".join([header, *rows]) + "\n", "utf-8")
    return path


@pytest.fixture
def spending(tmp_path: Path) -> Path:
    random = np.random.default_rng(5)
    rows = []
    for entity in range(12):
        level = np.exp(random.normal(12, 1))
        for year in range(2015, 2022):
            level *= np.exp(random.normal(0.03, 0.08))
            paid = np.cumsum(random.gamma(6, 1, 4) * [0.8, 1, 1, 1.4])
            paid *= level * random.uniform(0.88, 0.99) / paid[-1]
            rows += [
                f"单位{entity},{year},{period + 1},4,{paid[period]:.2f},{level:.2f}"
                for period in range(4)
            ]
    return write(tmp_path, SPENDING, *rows)


@pytest.fixture(params=[SPENDING, COUNTS, RATES])
def any_kind(request: pytest.FixtureRequest, spending: Path, tmp_path: Path) -> Path:
    """The same years as money, as whole things, and as parts of cases."""
    header: str = request.param
    table = pd.read_csv(spending)
    whole = (table["cumulative"] // 1000).astype("int64")
    values = {
        SPENDING: table[["cumulative", "budget"]],
        COUNTS: whole.to_frame(),
        RATES: pd.concat([whole, whole + 40 * table["period"]], axis=1),
    }[header]
    values.columns = header.split(",")[4:]
    made = tmp_path / "any.csv"
    table[["entity", "year", "period", "periods"]].join(values).to_csv(made, index=False)
    return made


def until(path: Path, year: int, period: int) -> pd.DataFrame:
    made = backtest(path, LIMITS)[1].drop(columns="outcome")
    early = (made["year"] < year) | ((made["year"] == year) & (made["period"] <= period))
    return made[early].reset_index(drop=True)


def test_what_came_later_moves_no_forecast(any_kind: Path, tmp_path: Path) -> None:
    """Nor what came later of the same year."""
    before = until(any_kind, 2019, 2)
    table = pd.read_csv(any_kind)
    later = (table["year"] > 2019) | ((table["year"] == 2019) & (table["period"] > 2))
    table.loc[later, table.columns[4:]] *= 4
    table.loc[later, table.columns[-1]] *= 2
    changed = tmp_path / "changed.csv"
    table.to_csv(changed, index=False)
    pd.testing.assert_frame_equal(until(changed, 2019, 2), before)
    assert (before["year"] == 2019).any()


def test_other_entities_move_no_forecast(spending: Path, tmp_path: Path) -> None:
    made = backtest(spending, LIMITS)[1]
    table = pd.read_csv(spending)
    alone = tmp_path / "alone.csv"
    table[table["entity"] == "单位3"].to_csv(alone, index=False)
    mine = made[made["entity"] == "单位3"].reset_index(drop=True)
    pd.testing.assert_frame_equal(backtest(alone, LIMITS)[1], mine)


def test_every_forecast_is_scored_by_how_many_years_were_known(spending: Path) -> None:
    scores, made = backtest(spending, LIMITS)
    assert (scores["kind"], scores["rows"], scores["entities"]) == ("spending", 12 * 7 * 4, 12)
    groups = {each["group"]: each for each in scores["groups"]}
    assert list(groups) == ["three_years", "one_or_two", "none", "all"]
    # the last period is known and not scored
    assert [each["forecasts"] for each in groups.values()] == [144, 72, 36, 252]
    assert list(made) == ["entity", "year", "period", "earlier_years", "outcome", *QUANTILES]
    assert len(made) == scores["forecasts"] == 252
    assert (np.diff(made[QUANTILES].to_numpy()) >= 0).all()
    three = groups["three_years"]
    assert three["pinball"] == pytest.approx(three["crps"] / 2)
    assert 0.6 < three["coverage_80"] <= three["coverage_95"] <= 1
    assert three["crps_gain"] == min(each["gain"] for each in three["naive"].values())
    assert three["naive"]["pro_rata"]["gain"] > 0.2
    assert sum(row["forecasts"] for row in three["calibration"]) == three["brier_events"]
    assert {row["period"] for row in three["by_period"]} == {1, 2, 3}
    assert backtest(spending, LIMITS)[0] == scores


def test_the_naive_methods_are_what_they_say(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        SPENDING,
        *(
            f"甲,{year},{p},4,{spent},{budget}"
            for year, budget, amounts in (
                (2020, 200, (10, 20, 60, 100)),
                (2021, 300, (30, 40, 80, 120)),
            )
            for p, spent in enumerate(amounts, start=1)
        ),
    )
    first, _, third = (
        naive(past.kind, each.known.rows(each.year == 2021))
        for past in [read_past_years(path)]
        for each in moments(past)
    )
    assert first["pro_rata"] == [120]  # 30 × 4 / 1
    assert first["last_year"] == [300]  # 30 ÷ (10 / 100)
    assert third["last_year"] == pytest.approx([80 / 0.6])
    assert first["last_value"] == [100]
    assert first["execution_times_budget"] == [150]  # 100 / 200 × 300


def test_rows_that_no_naive_method_can_say_anything_of_are_scored_too(tmp_path: Path) -> None:
    rows = [f"甲,{year},{p},2,{spent},-5" for year in (2020, 2021) for p, spent in ((1, 0), (2, 9))]
    scores, made = backtest(write(tmp_path, SPENDING, *rows), LIMITS)
    assert list(made["year"]) == [2021]  # in 2020 nothing is known: no payment, budget or past
    assert scores["groups"][0]["naive"]["last_year"]["forecasts"] == 0
    assert scores["groups"][0]["forecasts"] == 1


@pytest.mark.parametrize(
    ("header", "rows", "said"),
    [
        ("entity,year,period,count", ["甲,2020,1,5"], "缺少列 periods"),
        ("entity,year,period,periods,amount", ["甲,2020,1,4,5"], "看不出是支出、比率还是数量"),
        (COUNTS, ["甲,2020,1,4,5", "甲,2020,2,4,3"], "第3行：列“count”由5变为3，比上一期减少"),
        (COUNTS, ["甲,2020,1,4,5", "甲,2020,1,4,5"], "第3行：与第2行重复"),
        (COUNTS, ["甲,2020,1,4,-5"], "第2行：列“count”为“-5”，应为不小于0的整数"),
        (COUNTS, ["甲,2020,1,4,2.5"], "应为不小于0的整数"),
        (COUNTS, ["甲,2020,5,4,5"], "第2行：列“period”为5，一年只有4期"),
        (COUNTS, ["甲,二〇二〇,1,4,5"], "列“year”为“二〇二〇”"),
        (COUNTS, [",2020,1,4,5"], "列“entity”为空"),
        (COUNTS, ["甲,2020,1,4,inf"], "第2行：列“count”为“inf”"),
        (COUNTS, ["甲,2020,1,4,5", "甲,2020,2,12,6"], "列“periods”与该单位同年其他行不一致"),
        (RATES, ["甲,2020,1,4,7,5"], "第2行：分子7大于分母5"),
        (SPENDING, ["甲,2020,1,4,很多,5"], "第2行：列“cumulative”为“很多”，应为数"),
        (COUNTS, [], "没有数据行"),
        (COUNTS + ",count", ["甲,2020,1,4,5,6"], "列名重复"),
        (COUNTS, ["", "甲,2020,1,4,5", "", "甲,2020,2,4,x"], "第5行：列“count”为“x”"),
    ],
)
def test_a_fault_is_told_with_its_row(
    tmp_path: Path, header: str, rows: list[str], said: str
) -> None:
    with pytest.raises(LayoutError, match=said.replace(".", r"\.")):
        read_past_years(write(tmp_path, header, *rows))


@pytest.mark.parametrize(
    "rows",
    [
        ["甲,2020,1,4,5", "甲,2020,2,4,1,234"],
        ["甲,2020,1,4,5,"],
        ["甲,2020,1,4,5", "", "甲,2020,2,4"],
    ],
)
def test_every_row_has_the_cells_of_the_header(tmp_path: Path, rows: list[str]) -> None:
    """Else its values would be read from the wrong columns."""
    cells = rows[-1].count(",") + 1
    said = f"past.csv”：\n第{len(rows) + 1}行：有{cells}格，应与表头一样有5格"
    with pytest.raises(LayoutError, match=said):
        read_past_years(write(tmp_path, COUNTS, *rows))


def test_a_row_that_ends_before_its_budget_is_not_one_without_a_budget(tmp_path: Path) -> None:
    """The 9 may be the budget of a row that lost its sum: nobody would notice."""
    path = write(tmp_path, SPENDING, "甲,2020,1,2,5,", "甲,2020,2,2,9")
    with pytest.raises(LayoutError, match=r"第3行：有5格，应与表头一样有6格.*\n.*budget 列移到"):
        read_past_years(path)


def test_a_table_without_budgets_is_read_from_a_spreadsheet_where_its_last_column_is_full(
    tmp_path: Path,
) -> None:
    """Excel writes rows in blocks, each as wide as its last filled column."""
    rows = [(f"甲{n}", 2020, p, 2, 5 * p) for n in range(20) for p in (1, 2)]

    def saved(header: str, filled: list[list[object]]) -> Path:
        lines = [[*header.split(",")], *([str(each) for each in row] for row in filled)]
        blocks = [lines[at : at + 16] for at in range(0, len(lines), 16)]
        wide = [max(n for row in of for n, cell in enumerate(row, 1) if cell) for of in blocks]
        told = [",".join(row[:to]) for of, to in zip(blocks, wide, strict=True) for row in of]
        return write(tmp_path, *told)

    last = saved(SPENDING, [[*row, ""] for row in rows])
    with pytest.raises(LayoutError, match=r"(?s)第17行：有5格.*budget 列移到"):
        read_past_years(last)
    before = "entity,budget,year,period,periods,cumulative"
    past = read_past_years(saved(before, [[row[0], "", *row[1:]] for row in rows])).rows
    assert past["budget"].isna().all()
    assert sorted(past["cumulative"]) == [5.0] * 20 + [10.0] * 20


@pytest.mark.parametrize("title", ["往年支出", "往年支出,,,,", "单位：元"])
def test_a_title_is_told_as_the_row_that_should_be_the_header(tmp_path: Path, title: str) -> None:
    path = write(tmp_path, title, COUNTS, "甲,2020,1,4,5")
    with pytest.raises(LayoutError, match=f"past.csv” 第1行：缺少列 .*现有列 {title[:4]}"):
        read_past_years(path)


@pytest.mark.parametrize("how", ["utf-8-sig", "gb18030", "utf-16"])
def test_a_table_is_read_as_spreadsheets_write_it_below_blank_lines(
    tmp_path: Path, how: str
) -> None:
    rows = ["甲,2020,1,2,5", "甲,2020,2,2,9"]
    plain = read_past_years(write(tmp_path, COUNTS, *rows)).rows.drop(columns="row")
    path = write(tmp_path, "", ",,,,", COUNTS, *rows)
    path.write_bytes(path.read_text("utf-8").encode(how))
    past = read_past_years(path).rows
    assert list(past.pop("row")) == [4, 5]
    pd.testing.assert_frame_equal(past, plain)


def test_many_faults_are_told_some_at_once(tmp_path: Path) -> None:
    rows = [f"甲,2020,{n},99,-1" for n in range(1, 99)]
    with pytest.raises(LayoutError, match="共 98 处"):
        read_past_years(write(tmp_path, COUNTS, *rows))


def test_money_paid_back_and_negative_budgets_are_noted_and_kept(tmp_path: Path) -> None:
    path = write(tmp_path, SPENDING, "甲,2020,1,2,5,", "甲,2020,2,2,4,", "乙,2020,1,2,-1,-9")
    past = read_past_years(path)
    assert sorted(past.rows["entity"]) == ["乙", "甲", "甲"]
    assert past.notes == (
        "1 个单位年没有最后一期的数，不计分",
        "第3行：列“cumulative”由5变为4，比上一期减少，按退款处理",
        "第4行：累计支出为负（-1），照原数计入",
        "第4行：预算为负（-9），照原数计入",
    )


def test_amounts_are_told_and_written_to_the_fen(tmp_path: Path) -> None:
    spent = ("91234567890123.34", "91234567890123.33", "91234567890123.34")
    path = write(tmp_path, SPENDING, *(f"甲,2020,{p},3,{x}," for p, x in enumerate(spent, 1)))
    assert read_past_years(path).notes == (
        "第3行：列“cumulative”由91234567890123.34变为91234567890123.33，比上一期减少，按退款处理",
    )
    out = tmp_path / "out.csv"
    assert call(dict(os.environ), "backtest", str(path), "--forecasts", str(out)).returncode == 0
    assert set(pd.read_csv(out, dtype=str)["outcome"]) == {"91234567890123.34"}


def test_values_of_single_periods_are_asked_about(tmp_path: Path) -> None:
    """They fall too often to be money paid back; a blank line at the end is none of them."""
    rows = [f"甲{n},2020,{p},6,{7 - p},9" for n in range(5) for p in range(1, 7)]
    first, *others = read_past_years(write(tmp_path, SPENDING, *rows, "", "")).notes
    assert first == "25 行比上一期减少：各期应填年初以来的累计数，请确认不是当期数"
    assert len(others) == 21
    assert others[-1] == "……共 25 处"


def test_a_missing_file_and_a_file_without_a_year_s_end_are_told(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError):
        backtest(tmp_path / "none.csv", LIMITS)
    with pytest.raises(LayoutError, match="没有可评分的预计"):
        backtest(write(tmp_path, COUNTS, "甲,2020,1,2,5", "乙,2020,1,2,9"), LIMITS)


def test_years_and_periods_that_are_missing_are_passed_over(tmp_path: Path) -> None:
    rows = [
        f"{entity},{year},{period},4,{period * (20 + year % 7)}"
        for entity in ("甲", "乙", "丙")
        for year in (2001, 2003, 2004, 2008, 2009)
        for period in (1, 2, 3, 4)
        if (entity, year, period) not in {("甲", 2004, 2), ("乙", 2008, 4), ("丙", 2001, 1)}
    ]
    scores, _ = backtest(write(tmp_path, COUNTS, *rows), LIMITS)
    assert scores["years"] == [2001, 2009]
    assert scores["groups"]
