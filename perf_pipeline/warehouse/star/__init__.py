"""The star (星型模型): views of the warehouse made for BI tools, declared once.

The views are derived, not history: `warehouse.views` keeps them in the database.
"""

from perf_pipeline.warehouse.star.dimensions import DIMENSIONS
from perf_pipeline.warehouse.star.monitoring_facts import MONITORING_FACTS
from perf_pipeline.warehouse.star.score_facts import SCORE_FACTS
from perf_pipeline.warehouse.star.sourced_facts import SOURCED_FACTS
from perf_pipeline.warehouse.star.view import View

STAR: tuple[View, ...] = (*DIMENSIONS, *MONITORING_FACTS, *SCORE_FACTS, *SOURCED_FACTS)

__all__ = ["STAR", "View"]
