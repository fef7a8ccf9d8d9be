"""What a report says of where the year will end, in the subject's own unit."""

from __future__ import annotations

from perf_pipeline.domain.unit import Unit
from perf_pipeline.monitoring.outlook.told import Case, Measured, Method, Tells, read_cases
from perf_pipeline.monitoring.outlook.wording import written as write_outlook
from perf_pipeline.warehouse.derived import OutlookResult


class Outlook(OutlookResult):
    """Where a year will end (全年预计), of a subject whose target is in `unit`.

    `actual_text` is an indicator's figure as judged: what a year that is over came to.
    """

    unit: str | None
    actual_text: str | None

    def told(self, column: str) -> str:
        """Write what a column holds; amounts in what the row says, a fact as it was judged."""
        if column == "point":
            return self.point_text or ""
        if self.columns[column].unit is Unit.OF_ROW:
            return self.written(getattr(self, column)) or ""
        return super().told(column)

    @property
    def alike(self) -> tuple[Tells | None, tuple[Case, ...]]:
        """Return similar cases, and what their values are."""
        return read_cases(self.similar_cases)

    @property
    def point_text(self) -> str | None:
        """Write the point in its unit: 36.54万元; None where nothing can be foretold."""
        known = self.actual_text if self.method == Method.FACT else None
        return known or self.written(self.point)

    @property
    def interval(self) -> str | None:
        """Write the 80 % interval; None where there is none, or it is the point alone."""
        low, high = self.written(self.low80), self.written(self.high80)
        return None if low is None or low == high else f"{low}—{high}"

    def written(self, amount: int | None) -> str | None:
        """Write an amount of the outlook in its unit."""
        if amount is None or self.measured_in is None:
            return None
        return write_outlook(amount, Measured(self.measured_in), self.unit)
