"""The backtest: honest about time, plain about faults, stable in shape."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from perf_pipeline.domain.errors import LayoutError, UnreadableFileError
from perf_pipeline.monitoring.backtest.panels import forecasts
from perf_pipeline.monitoring.backtest.run import backtest
from perf_pipeline.monitoring.backtest.table import read_past_years

COUNTS = "entity,year,period,periods,count"
RATES = "entity,year,period,periods,numerator,denominator"
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


def made(path: Path, until: int, period: int) -> dict[tuple[int, int, str], list[float]]:
    return {
        (each.year, each.period, entity): list(quantiles)
        for each in forecasts(read_past_years(path), 0.9)
        if each.year < until or (each.year == until and each.period <= period)
        for entity, quantiles in zip(each.entities, each.quantiles, strict=True)
    }


def test_what_came_later_moves_no_forecast(spending: Path, tmp_path: Path) -> None:
    """Also not what other units spent later in the same year."""
    before = made(spending, 2019, 2)
    table = pd.read_csv(spending)
    later = (table["year"] > 2019) | ((table["year"] == 2019) & (table["period"] > 2))
    table.loc[later, ["cumulative", "budget"]] *= 3.7
    changed = tmp_path / "changed.csv"
    table.to_csv(changed, index=False)
    assert made(changed, 2019, 2) == before
    assert any(year == 2019 for year, _, _ in before)


def test_scores_are_those_of_the_forecasts(spending: Path) -> None:
    scores = backtest(spending)
    assert (scores["kind"], scores["rows"], scores["entities"]) == ("spending", 12 * 7 * 4, 12)
    three, every = scores["groups"]
    assert (three["group"], every["group"]) == ("three_years", "all")
    assert three["forecasts"] == 12 * 4 * 3  # the last period is known and not scored
    assert three["pinball"] == pytest.approx(three["crps"] / 2)
    assert 0.6 < three["coverage_80"] <= three["coverage_95"] <= 1
    best = min(each["crps"] for each in three["naive"].values())
    assert three["crps_gain"] == pytest.approx(1 - three["crps"] / best)
    assert three["crps_gain"] > 0.2
    assert sum(row["forecasts"] for row in three["calibration"]) == three["brier_events"]
    assert {row["period"] for row in three["by_period"]} == {1, 2, 3}
    assert backtest(spending) == scores


def test_the_naive_methods_are_what_they_say(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        COUNTS,
        *(
            f"甲,{year},{p},4,{count}"
            for year, counts in ((2020, (10, 20, 60, 100)), (2021, (30, 40, 80, 120)))
            for p, count in enumerate(counts, start=1)
        ),
    )
    naive = {each.period: each.naive for each in forecasts(read_past_years(path), 0.9)}
    assert naive[1]["pro_rata"] == [120]  # 30 × 4 / 1
    assert naive[1]["last_year"] == [300]  # 30 ÷ (10 / 100)
    assert naive[3]["last_year"] == pytest.approx([80 / 0.6])


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
    ],
)
def test_a_fault_is_told_with_its_row(
    tmp_path: Path, header: str, rows: list[str], said: str
) -> None:
    with pytest.raises(LayoutError, match=said.replace(".", r"\.")):
        read_past_years(write(tmp_path, header, *rows))


def test_many_faults_are_told_some_at_once(tmp_path: Path) -> None:
    rows = [f"甲,2020,{n},99,-1" for n in range(1, 99)]
    with pytest.raises(LayoutError, match="共 98 处"):
        read_past_years(write(tmp_path, COUNTS, *rows))


def test_money_paid_back_is_noted_and_not_refused(tmp_path: Path) -> None:
    path = write(tmp_path, SPENDING, "甲,2020,1,2,5,", "甲,2020,2,2,4,", "乙,2020,1,2,-1,9")
    past = read_past_years(path)
    assert list(past.rows["entity"]) == ["甲", "甲"]
    assert past.notes[0] == "第3行：列“cumulative”由5变为4，比上一期减少，按退款处理"
    assert past.notes[1] == "第4行：累计支出为负，该单位该年不计入"


def test_a_missing_file_and_a_file_of_one_year_are_told(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError):
        backtest(tmp_path / "none.csv")
    with pytest.raises(LayoutError, match="没有可评分的预计"):
        backtest(write(tmp_path, COUNTS, "甲,2020,1,2,5", "甲,2020,2,2,9"))


def test_years_and_periods_that_are_missing_are_passed_over(tmp_path: Path) -> None:
    rows = [
        f"{entity},{year},{period},4,{period * (20 + year % 7)}"
        for entity in ("甲", "乙", "丙")
        for year in (2001, 2003, 2004, 2008, 2009)
        for period in (1, 2, 3, 4)
        if (entity, year, period) not in {("甲", 2004, 2), ("乙", 2008, 4), ("丙", 2001, 1)}
    ]
    scores = backtest(write(tmp_path, COUNTS, *rows))
    assert scores["years"] == [2001, 2009]
    assert scores["groups"]
