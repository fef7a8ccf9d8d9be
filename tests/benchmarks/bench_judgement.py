"""Judging 150,000 indicators and 15,000 projects at one checkpoint, beside bare computations.

Usage: python tests/benchmarks/bench_judgement.py [INDICATORS] [PROJECTS]

Two comparisons, each a ratio of medians of the same session, alternating:
- the judgement alone, against pandas doing the same comparison on frames of the same rows: no
  reported words, no numbers beyond 64 bits, no phases, limits the same for all;
- judged, worded and stored in a SQLite warehouse, against frames of the same rows read with the
  same selects, compared by bare pandas and stored with `DataFrame.to_sql`.
"""

import statistics
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Engine, insert

from perf_pipeline.domain.calendar import FiscalCalendar
from perf_pipeline.domain.limits import Limits
from perf_pipeline.monitoring.evaluate import evaluate_quarter
from perf_pipeline.monitoring.indicator import Indicator
from perf_pipeline.monitoring.indicators import judge_indicators
from perf_pipeline.monitoring.project_money import ProjectMoney
from perf_pipeline.monitoring.queries import indicators_to_judge, projects_to_judge
from perf_pipeline.monitoring.spending import judge_spending
from perf_pipeline.quality.relations import read_frame
from perf_pipeline.warehouse.dimensions import checkpoint_id
from perf_pipeline.warehouse.engine import open_warehouse, write_transaction
from perf_pipeline.warehouse.history import write_by_department
from perf_pipeline.warehouse.schema import (
    department,
    indicator,
    indicator_result,
    measure_value,
    project,
    register_tables,
    source_file,
    spending_plan,
    spending_result,
    target,
)

Records = Iterable[Mapping[str, Any]]
RUNS = 5
DEPARTMENTS = 150
AT = FiscalCalendar((3, 6, 10, 12)).checkpoint("2024-06")
PLAN = ((3, 31, 2000), (6, 30, 5000), (10, 31, 8000), (12, 31, 10000))
# what is promised: raw, kind, operator, value, micro, unit, behaviour that a person gave, measure
PROMISES = (
    ("≥95%", "number", ">=", "95", 95_000_000, "%", None, "rate"),
    ("100%", "number", "=", "100", 100_000_000, "%", None, "rate"),
    ("≥200次", "number", ">=", "200", 200_000_000, "次", None, "count"),
    ("≥5000张/册", "number", ">=", "5000", 5_000_000_000, "张/册", "累计", "count"),
    ("10元/户", "number", "=", "10", 10_000_000, "元/户", None, "price"),
    ("≤5%", "number", "<=", "5", 5_000_000, "%", "持续", "rate"),
    ("是", "yes_no", None, "是", None, None, None, "reported"),
    ("不断提高", "direction", None, "提高", None, None, None, "reported"),
    ("≥90%", "number", ">=", "90", 90_000_000, "%", None, "reported"),
    ("≥3个", "number", ">=", "3", 3_000_000, "个", None, None),
)


def fill(engine: Engine, indicators: int, projects: int) -> None:
    """Put a year of many departments into an empty warehouse: what intake would leave there."""
    chance = np.random.default_rng(2024)
    many = {"sheet": "表1", "row_number": 1, "fiscal_year": 2024}
    with write_transaction(engine) as connection:
        checkpoint_id(connection, AT)
        connection.execute(
            insert(department),
            [{"code": f"d{n}", "name": f"部门{n}"} for n in range(1, DEPARTMENTS + 1)],
        )
        file = {"fiscal_year": 2024, "sha256": "", "size": 0, "read_with": "", "version": 1}
        file |= {"outcome": "loaded", "loaded_at": pd.Timestamp("2024-07-05", tz="UTC")}
        file |= dict.fromkeys(("rows_read", "rows_loaded", "rows_quarantined", "rows_skipped"), 0)
        connection.execute(
            insert(source_file),
            [
                {**file, "department_id": n, "kind": kind, "path": f"{kind}{n}"}
                for n in range(1, DEPARTMENTS + 1)
                for kind in ("payment", "target_document")
            ],
        )
        rows: dict[object, list[dict[str, object]]] = {}

        def add(table: object, at: int, key: str, **values: object) -> None:
            row = {"department_id": at, "source_file_id": 2 * at, "row_key": key, **many, **values}
            rows.setdefault(table, []).append(row)

        measured: list[dict[str, object]] = []
        for n in range(projects):
            at, name = n % DEPARTMENTS + 1, f"项目{n}"
            budget = int(chance.integers(1, 10**9)) * 100
            paid = int(budget * chance.random() * 11 / 10)
            add(project, at, name, name=name, ordinal=n)
            add(register_tables["budget"], at, name, project_name=name, total_fen=budget)
            for month, day, share in (
                (3, 31, 2000),
                (6, 30, 5000),
                (10, 31, 8000),
                (12, 31, 10000),
            ):
                point = {"project_name": name, "label": f"{month}月底", "share_bp": share}
                add(spending_plan, at, f"{name}｜{month}", due_on=date(2024, month, day), **point)
            for code, value in (("paid_fen", paid), ("payments", 12)):
                figure = {"measure": code, "project_name": name, "numerator": value}
                measured.append({"department_id": at, "denominator": 1, **figure})
        mapped, said = register_tables["indicator_measure"], register_tables["reported_value"]
        for n in range(indicators):
            owner = n % projects
            at, name, of = owner % DEPARTMENTS + 1, f"指标{n // projects}", f"项目{owner}"
            raw, kind, operator, value, micro, unit, given, fed = PROMISES[n // projects % 10]
            key = f"{of}｜｜{name}"
            add(indicator, at, key, project_name=of, name=name, ordinal=n)
            aim = {"raw_value": raw, "kind": kind, "operator": operator, "value_text": value}
            add(target, at, key, value_micro=micro, unit=unit, **aim)
            if fed is None:
                continue
            code = "reported" if fed == "reported" else f"{fed}{n // projects}"
            about = {"project_name": of, "indicator_name": name}
            add(mapped, at, key, measure=code, behaviour=given, **about)
            base = int(chance.integers(1, 10**6)) if fed != "count" else 1
            count = int(chance.integers(0, 6000)) if fed == "count" else int(base * chance.random())
            if fed == "reported":
                text = {"yes_no": "是", "direction": "逐步提高"}.get(kind, f"{count % 101}%")
                add(said, at, key, as_of=date(2024, 6, 30), reported_text=text, **about)
            else:
                figure = {"measure": code, "project_name": of, "numerator": count}
                measured.append({"department_id": at, "denominator": base, **figure})
        for table, values in rows.items():
            connection.execute(insert(table), values)  # type: ignore[call-overload]
        write_by_department(connection, "measures", AT, [(AT, {measure_value: measured})])


def read(engine: Engine) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read the frames that are judged."""
    with engine.connect() as connection:
        projects = read_frame(connection, projects_to_judge(AT, 1))
        return projects, read_frame(connection, indicators_to_judge(AT, 1))


def judge(projects: Records, indicators: Records) -> None:
    """Judge as the project does, from rows as they are read."""
    for each in projects:
        judge_spending(ProjectMoney(**each), Limits())
    judge_indicators([Indicator(**each) for each in indicators], AT)


def compare_barely(projects: pd.DataFrame, indicators: pd.DataFrame) -> None:
    """Compare as one would with bare pandas: the same lights and statuses, in whole numbers."""
    paid, budget = (projects[c].astype("int64") for c in ("paid_fen", "budget_fen"))
    planned = projects["planned_bp"].astype("int64")
    actual_bp = (paid * 20_000 + budget) // (budget * 2)
    away = actual_bp - planned
    light = np.select(
        [paid > budget, away < -2000, away < -1000, away > 2000],
        ["red", "red", "yellow", "ahead"],
        "green",
    )
    projects.assign(actual_bp=actual_bp, deviation_bp=away, light=light)

    rows = indicators
    number = rows["target_kind"].isin(["number", "range"]) & rows["target_micro"].notna()
    unit, operator = rows["unit"].fillna(""), rows["operator"]
    percent = unit.str.contains("%", regex=False)
    given = rows["mapped_behaviour"]
    price = unit.str.contains("/户|/人") | rows["name"].str.contains("成本|单价")
    price |= operator.isin(["<=", "<"])
    deduced = np.select(
        [rows["target_kind"] == "direction", ~number, percent, price],
        ["趋势", "是否", "持续", "成本"],
        "累计",
    )
    behaviour = given.where(given.notna(), deduced)
    reported = (rows["measure"] == "reported") & (rows["reported_on"] >= AT.period_starts_on)
    said = rows["reported_text"].where(reported)
    digits = pd.to_numeric(said.str.rstrip("%"), errors="coerce")
    numerator = rows["numerator"].where(rows["numerator"].notna(), digits).fillna(-1)
    denominator = rows["denominator"].where(rows["denominator"].notna(), 100).fillna(-1)
    numerator, denominator = numerator.astype("int64"), denominator.astype("int64")
    known = number & (numerator >= 0) & (denominator > 0)
    micro = rows["target_micro"].fillna(0).astype("int64")
    actual = numerator * np.where(percent, 100_000_000, 1_000_000)
    wanted = micro * denominator
    at_most = operator.isin(["<=", "<"]) | ((operator == "=") & (behaviour == "成本"))
    reached = np.where(at_most, actual <= wanted, actual >= wanted)
    words = said.notna() & ~number
    reached = np.where(words, said == rows["value_text"], reached)
    due = micro * AT.month // 12 * denominator
    status = np.select(
        [~known & ~words, reached, (behaviour == "累计") & (actual >= due), behaviour == "累计"],
        ["no_data", "met", "on_track", "behind"],
        "missed",
    )
    rows.assign(behaviour=behaviour, numerator=numerator, denominator=denominator, status=status)


def store_barely(engine: Engine, folder: Path) -> None:
    """Read, compare with bare pandas, and store with to_sql, in another SQLite file."""
    projects, indicators = read(engine)
    compare_barely(projects, indicators)
    store = f"sqlite:///{folder / 'bare.db'}"
    for frame, table in ((projects, spending_result), (indicators, indicator_result)):
        kept = [column.name for column in table.c if column.name in frame]
        frame[kept].to_sql(table.name, store, if_exists="replace", index=False)


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that work takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def main(indicators: int, projects: int) -> None:
    """Fill a warehouse, then time both ways in turn."""
    with TemporaryDirectory() as folder:
        engine = open_warehouse(f"sqlite:///{folder}/warehouse.db")
        fill(engine, indicators, projects)
        frames = read(engine)
        records = [frame.to_dict("records") for frame in frames]
        pairs: dict[str, tuple[list[float], list[float]]] = {}
        for _ in range(RUNS):
            own, bare = pairs.setdefault("judged, beside bare pandas", ([], []))
            own.append(timed(lambda: judge(*records)))
            bare.append(timed(lambda: compare_barely(*frames)))
        for run in range(2):
            own, bare = pairs.setdefault("read, judged and stored, beside to_sql", ([], []))
            limits = Limits(yellow_bp=-1000 - run)  # else nothing is new, and nothing is stored
            own.append(timed(lambda: evaluate_quarter(engine, AT, limits)))  # noqa: B023
            bare.append(timed(lambda: store_barely(engine, Path(folder))))
        print(f"{indicators} indicators, {projects} projects, {DEPARTMENTS} departments")
        for label, (own, bare) in pairs.items():
            mine, theirs = statistics.median(own), statistics.median(bare)
            print(f"{label:40}{mine:8.3f} s{theirs:9.3f} s{mine / theirs:7.2f} x")


if __name__ == "__main__":
    sizes = [int(each) for each in sys.argv[1:]]
    main(*(sizes or [150_000, 15_000]))
