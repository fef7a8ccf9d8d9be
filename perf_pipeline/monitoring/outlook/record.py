"""The outlook's own record (预计的准确度): what was said before years ended, and what came."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import Connection, select

from perf_pipeline.domain.share import WHOLE_BP
from perf_pipeline.monitoring.outlook.subjects import Method
from perf_pipeline.warehouse.frames import read_frame
from perf_pipeline.warehouse.known import latest_snapshots
from perf_pipeline.warehouse.schema import checkpoint, outlook, snapshot

BAND_BP = 1000  # said between 60 and 70 % is one line
SUBJECT = ["department_id", "fiscal_year", "subject", "subject_key"]


@dataclass(frozen=True)
class RecordLine:
    """Of forecasts that gave about one chance: how many there were, and what became of them."""

    said_bp: int  # the mean of the chances given
    forecasts: int
    came_true: int
    in_interval: int  # ended within the 80 % interval


def read_record(connection: Connection) -> pd.DataFrame:
    """Return the record of all years whose end is known, from the newest outlooks."""
    return outlook_record(_read_told(connection))


def read_record_lines(connection: Connection) -> tuple[RecordLine, ...]:
    """Return the record of the whole installation, the smallest chance first."""
    return _lines(read_record(connection))


def read_department_records(
    connection: Connection, departments: Collection[int]
) -> Mapping[int, tuple[RecordLine, ...]]:
    """Return the record of each of some departments that has one."""
    told = _read_told(connection, departments)
    return {
        int(str(each)): _lines(outlook_record(mine)) for each, mine in told.groupby("department_id")
    }


def _lines(record: pd.DataFrame) -> tuple[RecordLine, ...]:
    return tuple(
        RecordLine(
            round(each["said_bp"]),
            *(int(each[name]) for name in ("forecasts", "came_true", "in_interval")),
        )
        for each in record.to_dict("records")
    )


def _read_told(connection: Connection, departments: Collection[int] | None = None) -> pd.DataFrame:
    newest = latest_snapshots("outlook").subquery("newest")
    names = ("subject", "subject_key", "method", "probability_bp", "point", "low80", "high80")
    query = (
        select(
            snapshot.c.department_id,
            checkpoint.c.fiscal_year,
            *(outlook.c[name] for name in names),
        )
        .join(snapshot, snapshot.c.id == outlook.c.snapshot_id)
        .join(newest, newest.c.id == snapshot.c.id)
        .join(checkpoint, checkpoint.c.id == snapshot.c.checkpoint_id)
        .order_by(outlook.c.id)
    )
    if departments is not None:
        query = query.where(snapshot.c.department_id.in_(departments))
    return read_frame(connection, query)


def outlook_record(told: pd.DataFrame) -> pd.DataFrame:
    """Compare outlooks with how their years ended; one row a band of probability.

    `told` has the columns of SUBJECT, method, probability_bp, point, low80 and high80. Returns
    from_bp, forecasts, said_bp (mean), came_true (a number of forecasts) and, of the same
    forecasts, in_interval (that ended within the 80 % interval).
    """
    ended = told["method"] == str(Method.FACT)
    facts = told.loc[ended, [*SUBJECT, "point", "probability_bp"]]
    facts = facts.rename(columns={"point": "final", "probability_bp": "reached_bp"})
    both = told[~ended & told["probability_bp"].notna()].merge(facts, on=SUBJECT)
    both = both[both["reached_bp"].notna()]
    numbers = ["probability_bp", "reached_bp", "final", "low80", "high80"]
    both[numbers] = both[numbers].astype("int64")
    lines = both.assign(
        from_bp=both["probability_bp"].clip(upper=WHOLE_BP - 1) // BAND_BP * BAND_BP,
        came=both["reached_bp"] == WHOLE_BP,
        within=(both["final"] >= both["low80"]) & (both["final"] <= both["high80"]),
    ).groupby("from_bp")
    return lines.agg(
        forecasts=("came", "size"),
        said_bp=("probability_bp", "mean"),
        came_true=("came", "sum"),
        in_interval=("within", "sum"),
    ).reset_index()


def record_in_words(record: pd.DataFrame) -> str:
    """Write the record as a Markdown table: 以往说约70%的，实际达到…."""
    if record.empty:
        return "还没有到年底的预计可以核对"
    rows = ["| 以往说的可能性 | 次数 | 实际达到 | 最终在八成区间内 |", "|---|---|---|---|"]
    rows += [_line(each) for each in record.to_dict("records")]
    return "\n".join(rows)


def _line(row: dict[Any, Any]) -> str:
    number = int(row["forecasts"])
    came, within = (f"{row[name] / number:.0%}" for name in ("came_true", "in_interval"))
    return f"| 约{row['said_bp'] / 100:.0f}% | {number} | {came} | {within} |"
