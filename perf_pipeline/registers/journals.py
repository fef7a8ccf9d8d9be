"""Telling a whole journal (整本记账凭证) from payments: both sides of each entry add to naught."""

from __future__ import annotations

from perf_pipeline.domain.errors import LayoutError, Place
from perf_pipeline.registers.cells import Value

_WHOLE = "借方合计与贷方合计相等：像是整本记账凭证，而不只是支付；请只导出支出科目后重交"


class Sides:
    """What a sheet's lines pay and take off, in fen, and whether that is a journal's two sides."""

    def __init__(self) -> None:
        """Begin with no line."""
        self._paid = self._taken_off = self._lines = 0
        self._numbers: set[Value] = set()  # of the first lines: two of one are a whole entry

    def add(self, paid: int, taken_off: int, number: Value) -> None:
        """Add a line with its voucher's number."""
        self._paid += paid
        self._taken_off += taken_off
        self._lines += 1
        if len(self._numbers) < 2:
            self._numbers.add(number)

    def refuse_journal(self, place: Place) -> None:
        """Raise LayoutError where as much is taken off as paid, over more than one payment."""
        one = len(self._numbers) == 1 and None not in self._numbers
        entries = self._lines > 2 or (self._lines == 2 and one)
        if entries and self._paid and self._paid == self._taken_off:
            raise LayoutError(_WHOLE, place)
