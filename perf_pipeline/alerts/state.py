"""What becomes of an alert: new or repeated, acknowledged, escalated, resolved or continued."""

from __future__ import annotations

from enum import StrEnum


class AlertState(StrEnum):
    """Where an alert stands (预警状态); the newest event of an alert is its state."""

    NEW = "new"
    REPEATED = "repeated"  # missed at the checkpoint before as well, or again after it was resolved
    ACKNOWLEDGED = "acknowledged"  # a person has said why, and what is done
    ESCALATED = "escalated"  # open for so many days without either
    RESOLVED = "resolved"  # the newest judgement no longer says so
    CONTINUED = "continued"  # an alert of a later checkpoint or another level stands for it


STATE_LABELS: dict[AlertState, str] = {
    AlertState.NEW: "新增",
    AlertState.REPEATED: "仍未改善",
    AlertState.ACKNOWLEDGED: "已确认",
    AlertState.ESCALATED: "已升级",
    AlertState.RESOLVED: "已解除",
    AlertState.CONTINUED: "已由后来的预警接续",
}
OPEN = frozenset(
    {AlertState.NEW, AlertState.REPEATED, AlertState.ACKNOWLEDGED, AlertState.ESCALATED}
)
TOLD = frozenset({AlertState.NEW, AlertState.REPEATED, AlertState.ESCALATED, AlertState.RESOLVED})
