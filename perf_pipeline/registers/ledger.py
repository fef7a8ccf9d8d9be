"""What is particular to a register of amounts (金额台账): signs, lines that are none, identity."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from datetime import date

from perf_pipeline.domain.errors import LayoutError
from perf_pipeline.domain.money import format_yuan
from perf_pipeline.registers.amounts import (
    Beside,
    judge,
    loud_in,
    loud_words,
    net,
    says_something,
)
from perf_pipeline.registers.batch import SoFar
from perf_pipeline.registers.cells import as_whole, is_blank
from perf_pipeline.registers.columns import ColumnReader
from perf_pipeline.registers.columns_read import Columns
from perf_pipeline.registers.declaration import AmountMeaning
from perf_pipeline.registers.habits import plain_amount
from perf_pipeline.registers.headings import HeadingNames
from perf_pipeline.registers.identity import Contents
from perf_pipeline.registers.journals import Sides
from perf_pipeline.registers.lines import (
    ENOUGH,
    Line,
    begins_another,
    called,
    has_number,
    is_of_all,
    is_of_which,
    signs,
    without_numbers,
)
from perf_pipeline.registers.loud_columns import LoudColumns
from perf_pipeline.registers.months_across import SO_FAR
from perf_pipeline.registers.notices import Notice
from perf_pipeline.registers.one_sheet import OneSheet
from perf_pipeline.registers.other_payments import title_says_otherwise
from perf_pipeline.registers.other_rows import refuse_other_header
from perf_pipeline.registers.taken_off import TakenOff
from perf_pipeline.registers.units import is_own_money, units_stated

_NO_SOURCE = "不能为空：项目“{}”没有写明只有一种资金来源，请填明"
_OF_WHICH = "写着“其中”，像是上面一笔的一部分，不知是不是另一笔支付"
_UNDER = "上面一行写着“{}”，不知它下面的行算不算；不是支付的请删去或另存，是的请删去那一行"
_LIKE_A_TOTAL = "没有编号，也没有收款单位和用途，像是合计或结转行，不知是不是支付"


class Ledger:
    """Settles the amounts of one sheet, batch after batch."""

    def __init__(self, one: OneSheet, meaning: AmountMeaning) -> None:
        """Make ready what stands beside the amount."""
        self._one, self._meaning = one, meaning
        self._declared, self._header = declared, header = one.declared, one.header
        amount = declared.column(meaning.column)
        ours = is_own_money(header.heading(header.positions[amount.name]))
        self._beside = [
            Beside(at, header.heading(at), each)
            for at, each in header.beside.items()
            if not (each.of_currency and ours)
        ]
        unit = self._unit = one.unit or amount.unit
        self._credit = ColumnReader(amount.model_copy(update={"required": False, "unit": unit}))
        self._names = HeadingNames(declared, one.known.columns)
        self._loud = loud_words(meaning)
        self._loud_columns = LoudColumns(one, meaning, self._unit)
        self._may_tell = any(name in header.positions for name in meaning.told_by)
        self.has_numbers = meaning.number in header.positions
        self._tells_nothing = not self.has_numbers and not self._may_tell
        self._contents = Contents()
        self._sum = self._since = self._above = self._above_since = 0
        names = [name for name in meaning.told_by if declared.column(name).personal]
        self._taken_off = TakenOff(meaning, names, self._loud)
        self._top: list[tuple[int, int]] = []  # totals that stand above all rows
        self._sides = Sides()
        self.so_far: Counter[SoFar] = Counter()  # what a table of one month tells
        self._of_payees = any(name in header.positions for name in names)
        self.void: set[int] = set()  # rows of the last batch that say that they do not count
        self._under: str | None = None  # the title of a second table, of what may be no payments

    def notices(self) -> Iterator[Notice]:
        """Give what is told when all rows are read; raises LayoutError for a whole journal."""
        self._sides.refuse_journal(self._one.place)
        self._taken_off.refuse_unexplained(self._one.place)
        for total, number in self._top if self._above else ():  # of rows that all wait: told
            self._compare(total, number, "下面")
        if not self.has_numbers:
            label = self._declared.column(self._meaning.number).label
            yield Notice("no_number", f"没有“{label}”一列，各行按内容识别")
        if same := self._contents.repeated:
            words = f"{same}行与上面的行完全相同，又没有编号，都已计入；重复的请删去后重交"
            yield Notice("same_rows", words)

    @property
    def sum_fen(self) -> int:
        """Return the sum of the payments so far."""
        return self._sum

    def settle(self, read: Columns, whole: Collection[int]) -> set[int]:
        """Settle the amounts of some rows; return those that are left out, each told and why.

        What is not understood is added to what is wrong with the rows.
        """
        self._take_off_credit(read)
        self._fill_in(read)
        self.void = self._ask_words(read)
        left_out = set(self.void)
        self._loud_columns.ask(read, left_out)
        self._loud_columns.tell_of_offices(read)
        left_out |= self._leave_lines(read, left_out, whole)
        self._taken_off.look_at(read, left_out)
        if self._tells_nothing:
            self._one.runs.add(read, self._meaning, left_out)
        self._loud_columns.tell_of_other_projects(read, left_out)
        if self._one.sheet.numbers:
            self._take_so_far(read)
        return left_out

    def _take_so_far(self, read: Columns) -> None:
        """Remember what a table of one month tells of the year so far, a payee's with its row."""
        cells = next((cells for _, key, cells in self._one.unused(read) if key == SO_FAR), ())
        told, _ = self._credit.read([plain_amount(cell, self._one.habits) for cell in cells])
        whose = self._meaning.whose
        lines = zip(told, read.values[whose], read.values[self._meaning.day], strict=False)
        for n, (amount, project, day) in enumerate(lines):
            if isinstance(project, str) and isinstance(day, date) and n not in read.wrong[whose]:
                row = (self._one.sheet.name, read.numbers[n]) if self._of_payees else None
                self.so_far[project, day, row] += as_whole(amount) or 0

    def keys_by_content(self, read: Columns, without: Collection[int]) -> list[str]:
        """Return the rows' keys where they have no numbers: their content, and how often it was."""
        return self._contents.keys(
            list(read.values.values()), read.values[self._meaning.number], without
        )

    def _take_off_credit(self, read: Columns) -> None:
        if self._header.credit is None:
            return
        name = self._meaning.column
        at = self._header.credit
        cells = [row[at] if at < len(row) else None for row in read.rows]
        credits, wrong = self._credit.read([plain_amount(cell, self._one.habits) for cell in cells])
        debits, faults = read.values[name], read.wrong[name]
        number = read.values[self._meaning.number]
        for n, (debit, credit) in enumerate(zip(debits, credits, strict=True)):
            if n in wrong:
                faults[n] = f"“{self._header.heading(at)}”{wrong[n]}"
            elif n not in faults or not says_something(read.cells[name][n]):
                debits[n], asked = net(as_whole(debit), as_whole(credit))
                faults.pop(n, None)
                if asked:
                    faults[n] = asked
                self._sides.add(abs(as_whole(debit) or 0), abs(as_whole(credit) or 0), number[n])

    def _fill_in(self, read: Columns) -> None:
        """Give the source of funds where the project has only one; drop what a file may lack."""
        meaning = self._meaning
        if not self.has_numbers:
            read.wrong[meaning.number] = {}
        sources, wrong = read.values[meaning.source], read.wrong[meaning.source]
        projects = read.values[meaning.whose]
        for n in [n for n in wrong if is_blank(read.cells[meaning.source][n])]:
            known = self._one.known.sources.get(str(projects[n]))
            if known is not None:
                sources[n] = known
                del wrong[n]
            elif projects[n] is not None:
                wrong[n] = _NO_SOURCE.format(projects[n])

    def _ask_words(self, read: Columns) -> set[int]:
        if not self._beside:
            return set()
        for each in self._beside:
            each.look_over(read.rows)
        name = self._meaning.column
        amounts, wrong = read.values[name], read.wrong[name]
        void = set()
        for n, row in enumerate(read.rows):
            before = as_whole(amounts[n]) or 0
            verdict = judge(before if amounts[n] is not None else None, row, self._beside)
            amounts[n] = verdict.amount
            if verdict.void:
                void.add(n)
                heading, word = verdict.void
                words = f"{{}}行的“{heading}”是“{word}”，没有计入"
                self._one.tell("void", words, read.numbers[n])
            elif verdict.question and n not in wrong:
                wrong[n] = verdict.question
            elif (
                self._header.credit is None
                and verdict.amount is not None
                and read.values[self._meaning.day][n] is not None  # a sum has none
            ):
                off = before if verdict.amount != before else 0
                self._sides.add(before - off, off, read.values[self._meaning.number][n])
        return void

    def _leave_lines(
        self, read: Columns, void: Collection[int], whole: Collection[int]
    ) -> set[int]:
        """Leave out lines that are no payments, and add up those that are."""
        meaning = self._meaning
        amounts = read.values[meaning.column]
        doubtful = self._doubtful(read)
        wrong = set().union(*read.wrong.values())
        left_out: set[int] = set()
        if not doubtful and not void and not self._under:
            added = sum(amount for amount in amounts if isinstance(amount, int))
            self._add_up(added, len(read.rows))
            return left_out
        for n in range(len(read.rows)):
            if n in doubtful and n not in void and n not in whole:
                of_sheet = (read.numbers[n], self._names, self._header, self._one.place)
                if refuse_other_header(read.rows[n], *of_sheet):
                    left_out.add(n)
                    continue
                line = self._line(read, n)
                if signs(line) >= ENOUGH:
                    left_out.add(n)
                    self._tell(line, read.numbers[n])
                    if (title := self._title_of_others(line)) or begins_another(line.cells):
                        self._under = title
                    self._since, self._above_since = 0, 0
                    continue
                if is_of_which(line.cells):
                    read.wrong[meaning.number].setdefault(n, _OF_WHICH)
                    continue
                nameless = line.numbered and line.number and not has_number(line.number)
                if nameless and line.may_tell and not line.told:
                    read.wrong[meaning.number].setdefault(n, _LIKE_A_TOTAL)
                    continue
            if self._under and n not in void:
                read.wrong[meaning.column].setdefault(n, _UNDER.format(self._under))
            amount = as_whole(amounts[n])
            if amount is not None and n not in void and n not in wrong:
                self._add_up(amount, 1)
        return left_out

    def _title_of_others(self, line: Line) -> str | None:
        """Return a line that is the title of a table of its own: 二、退款明细."""
        said = [str(cell) for cell in line.cells if not is_blank(cell)]
        return title_says_otherwise(self._declared, [said]) if len(said) == 1 else None

    def _add_up(self, amount: int, rows: int) -> None:
        self._sum += amount
        self._since += amount
        self._above += rows
        self._above_since += rows

    def _doubtful(self, read: Columns) -> set[int]:
        meaning = self._meaning
        doubtful = set().union(*read.wrong.values())
        if self.has_numbers:
            doubtful |= without_numbers(read.values[meaning.number])
        else:
            doubtful |= {n for n, row in enumerate(read.rows) if called(row)}
            if self._may_tell:
                told = [read.values[name] for name in meaning.told_by]
                doubtful |= {n for n, said in enumerate(zip(*told, strict=True)) if not any(said)}
        return doubtful

    def _line(self, read: Columns, n: int) -> Line:
        meaning = self._meaning
        amount = as_whole(read.values[meaning.column][n])
        balance = self._header.balance
        row, number = read.rows[n], read.values[meaning.number][n]
        projects = self._one.known.projects or ()
        cells = [cell for cell in row if not (isinstance(cell, str) and cell.strip() in projects)]
        sums = (amount == self._sum and self._above > 1) or (
            amount == self._since and self._above_since > 1
        )
        return Line(
            cells=cells,
            number=None if number is None else str(number),
            numbered=self.has_numbers,
            has_day=read.values[meaning.day][n] is not None
            or (
                not is_blank(read.cells[meaning.day][n]) and sum(map(is_blank, row)) < len(row) - 1
            ),
            dated=read.values[meaning.day][n] is not None,
            has_owner=not is_blank(read.cells[meaning.whose][n]),
            told=any(read.values[name][n] is not None for name in meaning.told_by),
            may_tell=self._may_tell,
            amount=amount,
            holds_balance=balance is not None and balance < len(row) and not is_blank(row[balance]),
            sums_up=amount is not None and sums,
        )

    def _tell(self, line: Line, number: int) -> None:
        said = units_stated([[str(cell) for cell in line.cells if not is_blank(cell)]])
        if other := said - {self._unit}:
            raise LayoutError(
                f"第{number}行写着金额单位“{'”“'.join(sorted(other))}”，"
                f"而上面按“{self._unit}”读；请把单位写在表的上方后重交",
                self._one.place,
            )
        for cell in line.cells if line.amount is None else ():
            if loud_in(cell, self._loud, beside=True):
                words = f"{{}}行写着“{str(cell).strip()[:40]}”，没有读入；要改哪一笔请改在那一行"
                self._one.tell("says_void", words, number)
        words = "{}行是合计、结转等，不是支付，没有计入"
        self._one.tell("no_payment", words, number)
        if line.amount is not None and is_of_all(line.cells):
            if self._above:
                self._compare(line.amount, number, "上面")
            else:
                self._top.append((line.amount, number))

    def _compare(self, total: int, number: int, where: str) -> None:
        # 本年累计 of a month's sheet: with the sheets before it
        if total not in (self._sum, self._sum + self._one.before_fen):
            written, read = format_yuan(total), format_yuan(self._sum)
            words = f"合计写着{written}元，{where}读到的是{read}元；请核对"
            self._one.tell("total_differs", words, number)
