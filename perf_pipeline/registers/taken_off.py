"""What stands against payments (负数、贷方): taken off again, or paid, or come in (拨入).

A ledger's payments add up to more than nothing, and what is taken off was paid before. A bank's
account (银行流水) has the money that comes in on the same side: there neither holds.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date

from perf_pipeline.domain.errors import LayoutError, Place
from perf_pipeline.domain.money import LARGEST_SUM_FEN, format_yuan
from perf_pipeline.registers.amounts import loud_in
from perf_pipeline.registers.cells import Value
from perf_pipeline.registers.columns_read import Columns
from perf_pipeline.registers.declaration import AmountMeaning

_WRITTEN = re.compile(r"\s*[-−–—﹣－(（].*|.*[-−]\s*")
_COMES_IN = re.compile(
    "拨款|拨入|划入|转入(?!.{0,6}(?:个人|账户|账号))|存入|来款|下达|(?<![低增])收入|收到"
    "|(?<!贷款)[利结]息|额度|(?<![a-z])(?:grant|interest|income|deposit|receipt)(?:s|ed)?(?![a-z])",
    re.I,
)
# names of firms by their legal form: Grant Thornton UK LLP, a community interest company. Whatever
# else a payee's column says of income is asked: counted as paid, nobody would notice it
_FIRM = re.compile(
    r"(?:[a-z]\W+)*grant\b(?!.*\b(?:from|of|for|income|interest|received)\b)[ -~]*"
    r"\b(?:ltd|limited|llp|plc|llc|inc|cic|company|corp|corporation)\W*"
    r"|[ -~]*\bcommunity interest (?:company|co)\W*",
    re.I,
)
_MOVED = re.compile("调账|账务调整")  # out of one project and into another
_ASKED = (
    "金额合计是负数（{}元），不知负数是支出、退回还是收入；"
    "支出请写成正数，收入的行请删去，退回、冲销的请在用途里写明"
)
_TOO_LARGE = "金额合计{}元，大得不可能；请核对是不是把编号、账号填在了金额一列"
_BANK = (
    "减去的比此前支付的多，像是银行账户流水，里面有拨入的款；"
    "请只导出支出，或删去拨入、利息等收入的行后重交"
)
_MOSTLY = (
    "负数比正数多，不知负数是支出还是退回；支出请写成正数并删去收入的行，退回、冲销的请在用途里写明"
)
_IN = "“{}”像是收入，不是退回或支付，不知怎么算；是收入的请删去这一行"


class TakenOff:
    """Follows what one sheet pays and takes off, but for what something says is taken off."""

    def __init__(
        self, meaning: AmountMeaning, names: Collection[str], loud: re.Pattern[str]
    ) -> None:
        """Remember the ledger's columns, and what finds words that take a payment off.

        `names` are those of the columns that name people or firms.
        """
        self._names = names
        self._meaning = meaning
        self._loud = loud
        self._whole = 0
        self._balance = self._lowest = self._highest = 0  # without what is written with a minus
        self._plus = self._minus = self._turned = 0  # rows: as written, and of another column
        self._later = 0  # rows that stand below an earlier day, less those below a later one
        self._last: Value = None

    def look_at(self, read: Columns, left_out: Collection[int]) -> None:
        """Add amounts, of doubtful rows too; ask of rows whose words say that they came in."""
        meaning = self._meaning
        amounts, cells = read.values[meaning.column], read.cells[meaning.column]
        days = read.values[meaning.day]
        for n, amount in enumerate(amounts):
            if not isinstance(amount, int) or n in left_out:
                continue
            if amount < 0:
                if any(loud_in(cell, self._loud, beside=True) for cell in read.rows[n]):
                    continue
                written = _WRITTEN.match(str(cells[n])) is not None
                self._minus += written
                self._turned += not written
            else:
                written = False
                self._plus += amount > 0
            self._whole += amount
            if not written:
                self._balance += amount
                self._lowest = min(self._lowest, self._balance)
                self._highest = max(self._highest, self._balance)
            day, before = days[n], self._last
            if isinstance(day, date) and isinstance(before, date):
                self._later += (day > before) - (day < before)
            self._last = day or before
        if self._minus or self._turned:
            self._ask_what_comes_in(read, left_out)

    def _ask_what_comes_in(self, read: Columns, left_out: Collection[int]) -> None:
        """Ask of rows on the side of what comes in: those of a minus, or of none beside minuses."""
        meaning = self._meaning
        wrong = read.wrong[meaning.column]
        words = [(name in self._names, read.values[name]) for name in meaning.told_by]
        entries = set(zip(read.values[meaning.number], read.values[meaning.column], strict=True))
        for n, amount in enumerate(read.values[meaning.column]):
            if not isinstance(amount, int) or n in left_out or not amount:
                continue
            written = _WRITTEN.match(str(read.cells[meaning.column][n])) is not None
            if written or (amount > 0 and not self._minus):
                continue
            balanced = (read.values[meaning.number][n], -amount) in entries
            for named, said in ((named, str(each[n])) for named, each in words if each[n]):
                if balanced and _MOVED.search(said):
                    continue
                if _comes_in(said, named=named) and not loud_in(said, self._loud, beside=True):
                    wrong.setdefault(n, _IN.format(said.strip()[:40]))

    def refuse_unexplained(self, place: Place) -> None:
        """Raise LayoutError where more is taken off than a sheet's payments can bear.

        And where they are more than any office pays: numbers of something else.
        """
        if self._whole > LARGEST_SUM_FEN:
            raise LayoutError(_TOO_LARGE.format(format_yuan(self._whole)), place)
        if self._whole < 0:
            raise LayoutError(_ASKED.format(format_yuan(self._whole)), place)
        if self._minus > self._plus:
            raise LayoutError(_MOSTLY, place)
        # of a sheet that begins with the latest, its end comes first
        lowest = self._balance - self._highest if self._later < 0 else self._lowest
        if lowest < 0:
            raise LayoutError(_BANK, place)


def _comes_in(said: str, *, named: bool) -> bool:
    """Tell whether words say of money that it came in; the name of a firm says nothing of it."""
    return _COMES_IN.search(said) is not None and not (named and _FIRM.fullmatch(said.strip()))
