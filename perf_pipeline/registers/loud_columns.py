"""Columns that nobody knows and that change what an amount means: 作废日期, 退回重付, 万元."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from perf_pipeline.registers.amounts import (
    is_loud_heading,
    loud_in,
    loud_words,
    says_something,
    unlike_the_usual,
    usual_words,
)
from perf_pipeline.registers.cells import Cell, as_whole
from perf_pipeline.registers.columns_read import Columns, cells_at
from perf_pipeline.registers.declaration import AmountMeaning
from perf_pipeline.registers.headings import label_key
from perf_pipeline.registers.lines import called
from perf_pipeline.registers.one_sheet import OneSheet
from perf_pipeline.registers.units import is_unit

# 收到发票后支付 and 收回土地补偿款 are paid
_RECEIVED = re.compile(r"\s*(?:收到(?!.{0,20}(?:发票|支付|后))|收回(?!.{0,12}补偿))")

# Total Gas & Power is a firm, Total for March is none
_FIRM = re.compile(
    r"\s*total(?! ?(?:payments?|paid|amounts?|spen[dt]|for|of|page|this|year|month|s)\b) ?[a-z]",
    re.I,
)
_OFFICE = re.compile("(?:预算|主管|申请|用款|核算|支付|付款|所属)?(?:单位|部门)(?:名称|全称)?")
_IS_OFFICE = re.compile(
    "(?:局|委|委员会|厅|署|政府|办公室|院|校|学|所|站|馆|中心|大队|支队|街道|镇|乡)$"
)


class LoudColumns:
    """Asks about the rows of a ledger's sheet that such a column speaks of."""

    def __init__(self, one: OneSheet, meaning: AmountMeaning, unit: str | None) -> None:
        """Find the columns; `unit` is that of the sheet's amounts."""
        self._meaning = meaning
        self._projects = one.known.projects or ()
        self._tally = one.tally
        self._header = header = one.header
        self._unit = unit
        self._loud = loud_words(meaning)
        self._usual = usual_words(meaning)
        self._headings = {
            at for at, text in header.unused.items() if is_loud_heading(text, of_payments=True)
        }
        self._told_offices: set[int] = set()
        positions = header.positions
        self._told_by = {positions[name] for name in meaning.told_by if name in positions}

    def ask(self, read: Columns, left_out: Collection[int]) -> None:
        """Ask about rows in which a column that nobody knows changes what the amount means.

        It says 作废 or the like of what is not taken off already, it names a unit or a currency, or
        its heading says so of all that fills it.
        """
        amounts = read.values[self._meaning.column]
        for at in (*self._header.unused, *self._told_by):
            cells = cells_at(read.rows, at)
            loud, always = self._loud_cells(at, cells)
            if not loud and not always:
                continue  # nearly always
            for n, cell in enumerate(cells):
                amount = as_whole(amounts[n]) or 0
                asked = (cell in loud and amount > 0) or (cell in always and amount != 0)
                if asked and n not in left_out:
                    said = str(cell).strip()[:40]
                    words = f"“{self._header.heading(at)}”写着“{said}”，不知这一笔算不算、怎么算"
                    read.wrong[self._meaning.column].setdefault(n, words)

    def tell_of_offices(self, read: Columns) -> None:
        """Tell of a column that names several offices: all rows count as the department's own."""
        for at, heading in self._header.unused.items():
            if not _OFFICE.fullmatch(label_key(heading)) or at in self._told_offices:
                continue
            said = {c.strip() for c in cells_at(read.rows, at) if type(c) is str and c.strip()}
            offices = sorted(each for each in said if _IS_OFFICE.search(each))
            if len(offices) > 1 and not any(each.startswith(offices[0]) for each in offices[1:]):
                named = "”“".join(offices[:3])
                words = f"“{heading}”里有“{named}”等{len(offices)}个，各行都当作本部门的计入"
                self._told_offices.add(at)
                self._tally.add("offices", words, None, read.numbers[0])

    def tell_of_other_projects(self, read: Columns, left_out: Collection[int]) -> None:
        """Tell of rows whose words name another project than the one that they are booked on."""
        booked = read.values[self._meaning.whose]
        for at in (*self._header.unused, *self._told_by):
            cells = cells_at(read.rows, at)
            said = "\n".join({cell for cell in cells if type(cell) is str})
            for other in (name for name in self._projects if name in said):
                for n, cell in enumerate(cells):
                    own = booked[n]
                    if not isinstance(cell, str) or not isinstance(own, str) or n in left_out:
                        continue
                    rest = cell if own in other else cell.replace(own, "")
                    if other != own and other in rest:
                        heading = self._header.heading(at)
                        words = (
                            f"{{}}行的“{heading}”提到“{other}”，而记在“{own}”，"
                            "照记的计入；不对的请改正后重交"
                        )
                        self._tally.add("other_project", words, None, read.numbers[n])

    def _loud_cells(self, at: int, cells: Sequence[Cell]) -> tuple[set[Cell], set[Cell]]:
        """Return the cells of a column that ask about a payment, and about any amount."""
        if at in self._headings:
            return {cell for cell in set(cells) if says_something(cell)}, set()
        texts = {cell for cell in set(cells) if type(cell) is str}
        beside = at not in self._told_by
        loud: set[Cell] = set()
        if loud_in("\n".join(map(str, texts)), self._loud, beside=beside):
            loud = {cell for cell in texts if loud_in(cell, self._loud, beside=beside)}
        if beside and len(texts) > 1:
            loud |= unlike_the_usual(cells, self._usual)
        if not beside:  # a purpose that is 上年结转 pays for nothing
            firms = {c for c in texts if _FIRM.match(str(c))}
            loud |= {c for c in texts - firms if called([c]) or _RECEIVED.match(str(c))}
        units = texts if beside else ()
        return loud, {text for text in units if is_unit(text) not in (None, self._unit)}
