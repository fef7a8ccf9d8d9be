"""The word of a judgement as sign, word and colour, for files that hold no drawings."""

from __future__ import annotations

from perf_pipeline.domain.status import Light, Status
from perf_pipeline.reports.model import IndicatorLine, Line
from perf_pipeline.warehouse.judgements import SpendingSum

# signs of GB 2312, which every Chinese font has; a sign, a word and a colour say the same
LOOKS: dict[Light | Status, tuple[str, str]] = {
    Light.GREEN: ("●", "1A6B3C"),
    Light.YELLOW: ("▲", "8A5A00"),
    Light.RED: ("■", "B3261E"),
    Light.AHEAD: ("◆", "5B3E9E"),
    Light.UNKNOWN: ("○", "5A6470"),
    Status.MET: ("●", "1A6B3C"),
    Status.ON_TRACK: ("◎", "1F4E8C"),
    Status.BEHIND: ("▲", "8A5A00"),
    Status.MISSED: ("■", "B3261E"),
    Status.NOT_DUE: ("◇", "5A6470"),
    Status.NO_DATA: ("○", "5A6470"),
}


def word_of(line: Line | SpendingSum) -> Light | Status:
    """Return the word of a judgement."""
    return line.status if isinstance(line, IndicatorLine) else line.light


def judgement_text(word: Light | Status) -> str:
    """Write a light or status as sign and word: ■预警, ▲进度落后."""
    return f"{LOOKS[word][0]}{word.label}"
