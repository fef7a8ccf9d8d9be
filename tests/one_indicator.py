"""One indicator judged by itself: its target as written, what is known of it as given."""

from collections.abc import Iterable, Mapping
from typing import Any

from perf_pipeline.domain.calendar import FiscalCalendar
from perf_pipeline.domain.target_grammar import parse_target
from perf_pipeline.monitoring.indicator import Indicator
from perf_pipeline.monitoring.indicators import judge_indicators
from perf_pipeline.monitoring.reasons import describe_indicator
from perf_pipeline.warehouse.target_values import target_values

CALENDAR = FiscalCalendar((3, 6, 10, 12))
# what the select of indicators gives, of which nothing is known
NOTHING = dict.fromkeys(each for each in Indicator._fields if each not in Indicator._field_defaults)


def judge(
    raw: str,
    quarter: str = "2024-06",
    seen: Iterable[Mapping[str, Any]] = (),
    **given: object,
) -> dict[str, object]:
    """Judge one indicator with a target as written; `given` overrides its columns."""
    held = target_values(raw, parse_target(raw, fiscal_year=2024))
    row: dict[str, Any] = {
        **NOTHING,
        "name": "指标",
        "raw_target": raw,
        "target_kind": held["kind"],
        "operator": held["operator"],
        "value_text": held["value_text"],
        "target_micro": held["value_micro"],
        "upper_micro": held["upper_micro"],
        "unit": held["unit"],
        "measure": "some_measure",
        **given,
    }
    at = CALENDAR.checkpoint(quarter)
    read = Indicator(**row)
    by_day = sorted(seen, key=lambda each: each["on"])
    [judged] = judge_indicators([read], at, {read.key: by_day})
    return describe_indicator(judged, at)._asdict()


def reported(raw: str, said: str | None, quarter: str = "2024-06", **more: object) -> str:
    """Judge an indicator that staff report, from what they reported in that quarter."""
    on = CALENDAR.checkpoint(quarter).ends_on
    given = {"measure": "reported", "reported_text": said, "reported_on": on, **more}
    return str(judge(raw, quarter, **given)["status"])
