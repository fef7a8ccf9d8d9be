"""The star (星型模型): views of the warehouse made for BI tools, declared once.

The views are derived, not history: `warehouse.views` keeps them in the database.
"""

from perf_pipeline.warehouse.star.dimensions import DIMENSIONS
from perf_pipeline.warehouse.star.monitoring_facts import (
    EVIDENCE_FACTS,
    MONITORING_FACTS,
    SCORE_FACTS,
)
from perf_pipeline.warehouse.star.sourced_facts import SOURCED_FACTS
from perf_pipeline.warehouse.star.view import View

AREAS: dict[str, tuple[View, ...]] = {
    "维度": DIMENSIONS,
    "监控": MONITORING_FACTS,
    "案件、审计和报告": EVIDENCE_FACTS,
    "自评": SCORE_FACTS,
    "收件与预警": SOURCED_FACTS,
}
STAR: tuple[View, ...] = tuple(each for views in AREAS.values() for each in views)

__all__ = ["AREAS", "STAR", "View"]
