"""Make the tables that the outlook's prior is learned from and scored on.

Usage: python scripts/outlook_tables.py DATA TABLES

DATA holds the public data that prior_card.json names: execution/ (budget lines), ledger/ (payments
of two councils) and registers/ (cases, requests, emergency departments). TABLES gets a CSV file a
table, named KIND-PLACE-NAME.csv, as scripts/outlook_prior.py and `perf-pipeline backtest` read it.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

Table = tuple[str, pd.DataFrame]
KEY = ["entity", "year", "period"]
QUARTERS = 4
MONTHS = 12
LEDGERS = {  # calendar years that are published whole
    "gateshead": range(2011, 2022),
    "darlington": (2011, 2012, *range(2016, 2022)),
}
FEWEST = 3  # payments of a payee
MOST_PAYEES = 2_500  # drawn by chance
LARGE = 2_000  # what a large payment comes to
OFTEN = 20  # payments in a year of whose large ones a rate is told
MOST_RATES = 400  # payees with such a rate, drawn by chance
LAST_CASES = 2023  # the last whole year of New York's cases
LAST_BUDGETS = 2025


def cumulative(rows: pd.DataFrame, values: list[str], periods: int) -> pd.DataFrame:
    """Add up what came in each period; every period of a year in which anything came has a row."""
    told = rows.groupby(KEY)[values].sum().unstack("period", fill_value=0)
    told = pd.concat({each: told[each].cumsum(axis=1) for each in values}, axis=1)
    return told.stack("period", future_stack=True).reset_index().assign(periods=periods)


def spending(data: Path) -> Iterator[Table]:
    """Return the execution of budgets: lines and programmes."""
    summed = pd.read_csv(data / "execution" / "backtest_spending.csv.gz")
    for name, place in (
        ("castellon", "castellon"),
        ("vitoria", "vitoria"),
        ("us_house", "ushouse"),
    ):
        yield _budgets(place, "programmes", summed[summed["dataset"] == name])
    for place in ("castellon", "vitoria"):
        lines = pd.read_parquet(data / "execution" / f"{place}_lines.parquet")
        yield _budgets(
            place,
            "lines",
            lines.assign(entity=lines["org"] + "-" + lines["prog"] + "-" + lines["econ"]),
        )


def _budgets(place: str, name: str, rows: pd.DataFrame) -> Table:
    periods = MONTHS if place == "castellon" else QUARTERS
    rows = rows[rows["year"] <= LAST_BUDGETS]
    rows = rows.assign(period=rows["period"] * periods // MONTHS, periods=periods)
    return f"spending-{place}-{name}", rows[[*KEY, "periods", "cumulative", "budget"]]


def registers(data: Path) -> Iterator[Table]:
    """Return what registers publish as counts and rates."""
    for kind, name, place, periods in (
        ("counts", "nyc_opened", "nyc-opened", QUARTERS),
        ("counts", "uk_foi_received", "ukfoi-received", QUARTERS),
        ("rates", "nyc_30_days", "nyc-30days", QUARTERS),
        ("rates", "uk_foi_20_days", "ukfoi-20days", QUARTERS),
        ("rates", "england_ae", "england-ae", MONTHS),
        ("rates", "scotland_ae", "scotland-ae", MONTHS),
    ):
        rows = pd.read_csv(data / "registers" / f"backtest_{kind}.csv.gz")
        rows = rows[rows["dataset"] == name]
        months = rows.groupby(["entity", "year"])["period"].transform("nunique")
        rows = rows[(months == MONTHS) | (periods == QUARTERS)]
        rows = rows.assign(period=rows["period"] * periods // MONTHS)
        values = ["count"] if kind == "counts" else ["numerator", "denominator"]
        yield f"{kind}-{place}", cumulative(rows, values, periods)


def cases(data: Path) -> Iterator[Table]:
    """Return New York's cases by when they were opened, and how many were closed within a limit."""
    rows = pd.read_parquet(data / "registers" / "cases_nyc.parquet").drop_duplicates("unique_key")
    opened = pd.to_datetime(rows["opendate"])
    rows = rows.assign(year=opened.dt.year, period=opened.dt.quarter, count=1)
    days = (pd.to_datetime(rows["closedate"]) - opened).dt.days
    whole = rows["year"] <= LAST_CASES
    detail = rows["account"] + " | " + rows["descriptor"]
    yield "counts-nyc-desc", cumulative(rows.assign(entity=detail)[whole], ["count"], QUARTERS)
    for name, entity, limit in (
        ("desc14", detail, 14),
        ("desk60", rows["account"], 60),
        ("type7", rows["complaint_type"], 7),
    ):
        told = rows.assign(entity=entity, denominator=1, numerator=(days <= limit).astype(int))
        yield f"rates-nyc-{name}", cumulative(told[whole], ["numerator", "denominator"], QUARTERS)


def ledger(data: Path, place: str) -> Iterator[Table]:
    """Return a council's payments by unit and by payee, from each one's first year on."""
    rows = pd.read_parquet(data / "ledger" / f"{place}.parquet")
    rows = rows.assign(
        cumulative=pd.to_numeric(rows["amount"].str.replace(",", ""), errors="coerce"),
        year=rows["file"].str[:4].astype(int),
        period=(rows["file"].str[5:].astype(int) + 2) // 3,
        count=1,
    )
    rows = rows[rows["year"].isin(LEDGERS[place])].dropna(subset="cumulative")
    payees = rows.assign(entity=rows["beneficiary"].fillna("").str.strip())
    payees = payees[payees["entity"] != ""]
    units = rows.assign(entity=rows["unit"].fillna("").str.strip())
    units = units[units["entity"] != ""]
    some = payees[payees.groupby("entity")["count"].transform("sum") >= FEWEST]
    for name, money, told in (
        ("payments", "units", units),
        ("payees", "payees", _drawn(some, MOST_PAYEES)),
    ):
        table = _from_first_year(told, LEDGERS[place])
        yield f"counts-{place}-{name}", table.drop(columns="cumulative")
        yield f"spending-{place}-{money}", table.drop(columns="count").assign(budget="")
    rates = payees.assign(numerator=(payees["cumulative"] >= LARGE).astype(int), denominator=1)
    often = rates[rates.groupby(["entity", "year"])["count"].transform("sum") >= OFTEN]
    often = _drawn(often, MOST_RATES)
    yield f"rates-{place}-large", cumulative(often, ["numerator", "denominator"], QUARTERS)


def _drawn(rows: pd.DataFrame, most: int) -> pd.DataFrame:
    """Return the rows of at most so many entities."""
    entities = rows["entity"].drop_duplicates()
    return rows[rows["entity"].isin(entities.sample(n=min(most, len(entities)), random_state=1))]


def _from_first_year(rows: pd.DataFrame, years: range | tuple[int, ...]) -> pd.DataFrame:
    """Add up from each entity's first year to the last of all, years of nothing too."""
    first = rows.groupby("entity")["year"].min()
    places = [
        (entity, year, period)
        for entity, begun in first.items()
        for year in years
        if year >= begun
        for period in range(1, QUARTERS + 1)
    ]
    told = rows.groupby(KEY)[["count", "cumulative"]].sum()
    told = told.reindex(pd.MultiIndex.from_tuples(places, names=KEY), fill_value=0)
    told = told.groupby(level=["entity", "year"]).cumsum().round(2)
    return told.reset_index().assign(periods=QUARTERS)


def main() -> None:
    """Write the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("tables", type=Path)
    given = parser.parse_args()
    given.tables.mkdir(parents=True, exist_ok=True)
    made = [spending(given.data), registers(given.data), cases(given.data)]
    for part in [*made, *(ledger(given.data, place) for place in LEDGERS)]:
        for name, table in part:
            table.dropna(subset="entity").to_csv(given.tables / f"{name}.csv", index=False)
            print(f"{name}: {len(table)}")


if __name__ == "__main__":
    main()
