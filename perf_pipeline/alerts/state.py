"""What becomes of an alert: new or repeated, acknowledged, escalated, resolved or continued."""

from __future__ import annotations

from perf_pipeline.domain.words import Word


class AlertState(Word):
    """Where an alert stands (预警状态); the newest event of an alert is its state."""

    NEW = "new", "新增"
    # missed at the checkpoint before as well, or again after it was resolved
    REPEATED = "repeated", "仍未改善"
    ACKNOWLEDGED = "acknowledged", "已确认"  # a person has said why, and what is done
    ESCALATED = "escalated", "已升级"  # open for so many days without either
    RESOLVED = "resolved", "已解除"  # the newest judgement no longer says so
    # an alert of a later checkpoint or another level stands for it
    CONTINUED = "continued", "已由后来的预警接续"


OPEN = frozenset(
    {AlertState.NEW, AlertState.REPEATED, AlertState.ACKNOWLEDGED, AlertState.ESCALATED}
)
TOLD = frozenset({AlertState.NEW, AlertState.REPEATED, AlertState.ESCALATED, AlertState.RESOLVED})
