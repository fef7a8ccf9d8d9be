"""A result is one typed row (结果行): the frozen class declares the table, and reads its rows.

Each column is declared once, with its Chinese label, English word, unit and meaning:

    class SpendingResult(JudgedRow, table="spending_result", says="预算执行结果"):
        paid_fen: Big | None = told("累计支付", "Paid", "空为没有支付台账", Unit.FEN)

The table is made from the class, so that a type checker, the database and everybody who shows a
row mean the same column. A class derived without a table adds what a query joins or a report
knows beside the row; see docs/decisions/results.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from enum import Enum, StrEnum, auto
from functools import cache, partial
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    ClassVar,
    Self,
    Union,
    dataclass_transform,
    get_args,
    get_origin,
    get_type_hints,
)

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Date,
    Integer,
    RowMapping,
    Table,
    Text,
)
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import TypeEngine

from perf_pipeline.domain.figures import Quotient, write_apart, write_beside
from perf_pipeline.domain.unit import Unit
from perf_pipeline.domain.words import Word
from perf_pipeline.warehouse.tables import judged
from perf_pipeline.warehouse.typed import Query

Big = Annotated[int, BigInteger]  # a whole number that may pass two thousand million
_SQL: dict[object, type[TypeEngine[Any]]] = {str: Text, int: Integer, bool: Boolean, date: Date}
_TOLD = "told"
DECLARED: dict[str, type[Result]] = {}  # every result by its table, filled as they are declared


class Show(Enum):
    """Where people meet a column; data outputs (views, JSON) have them all."""

    KEY = auto()  # says what the row is about
    HEAD = auto()  # has a column of its own in the tables of page and Word report
    FACT = auto()  # stands with the row, with label and unit, where there is one
    SENTENCE = auto()  # is a sentence that stands for itself
    DATA = auto()  # what the figure was computed with: for programs


@dataclass(frozen=True)
class Exactly:
    """What a rounded share is exactly: `part` ÷ `whole`, less another share where there is one.

    All are columns of the row; `beside` are shares in basis points, columns too or whole numbers,
    on whose side the printed figure must be seen to be. So many of the part are one of the whole.
    """

    part: str
    whole: str
    beside: tuple[str | int, ...]
    less: str | None = None
    so_many: int = 1

    def share(self, row: Mapping[str, Any]) -> Quotient | None:
        """Return part ÷ whole in per cent; None where one is not known or there is no whole."""
        part, whole = row.get(self.part), row.get(self.whole)
        if part is None or not whole or whole < 0:
            return None
        return Quotient(100 * part, whole * self.so_many)


@dataclass(frozen=True)
class Told:
    """What is declared of a column: its words, unit, meaning, and where people meet it.

    `view` is the name that BI views give the value that people read, where it is not the
    column's; `form` what the official forms call it.
    """

    label: str
    english: str
    unit: Unit = Unit.NONE
    meaning: str = ""
    show: Show = Show.FACT
    view: str | None = None
    form: str | None = None
    exactly: Exactly | None = None

    @property
    def comment(self) -> str:
        """Write label, stored unit and meaning as the table's comment: 累计支付，分；空为没有."""
        stored = "，".join(filter(None, (self.label, self.unit.value.stored)))
        return "；".join(filter(None, (stored, self.meaning)))


def _declare(
    show: Show,
    label: str,
    english: str,
    meaning: str = "",
    unit: Unit = Unit.NONE,
    *,
    view: str | None = None,
    form: str | None = None,
    exactly: Exactly | None = None,
) -> Any:
    """Declare a column of a result table, see `Told`; `show` is said by the name it is called by.

    key, head, told (a fact), sentence, data: one for each of `Show`.
    """
    return field(metadata={_TOLD: Told(label, english, unit, meaning, show, view, form, exactly)})


key = partial(_declare, Show.KEY)
head = partial(_declare, Show.HEAD)
told = partial(_declare, Show.FACT)
sentence = partial(_declare, Show.SENTENCE)
data = partial(_declare, Show.DATA)


def _plain(hint: object) -> tuple[object, bool]:
    """Take None out of a type: the type, and whether None was in it."""
    if get_origin(hint) in (Union, UnionType):
        parts = [each for each in get_args(hint) if each is not NoneType]
        return parts[0], len(parts) < len(get_args(hint))
    return hint, False


def _word(hint: object) -> type[Word] | None:
    kind, _ = _plain(hint)
    return kind if isinstance(kind, type) and issubclass(kind, Word) else None


def _column(name: str, hint: object, of: Told) -> Column[object]:
    """Make the column of a field: its SQL type from the annotation, its comment from the words."""
    kind, optional = _plain(hint)
    if get_origin(kind) is Annotated:
        sql = get_args(kind)[1]
    else:
        sql = Text if _word(kind) else _SQL[kind]
    return Column(name, sql, nullable=optional, comment=of.comment, info={_TOLD: of})


@dataclass_transform(
    frozen_default=True,
    kw_only_default=True,
    field_specifiers=(key, head, told, sentence, data, field),
)
class Result:
    """The base of result rows; a subclass is a frozen dataclass, its table made from its fields."""

    table: ClassVar[Table]
    columns: ClassVar[Mapping[str, Told]]  # its own, then inherited ones
    _names: ClassVar[tuple[str, ...]]
    words: ClassVar[Mapping[str, type[Word]]]  # columns that hold words of a judgement

    def __init_subclass__(
        cls, *, table: str | None = None, says: str = "", indexes: Iterable[SchemaItem] = ()
    ) -> None:
        """Make the class a frozen dataclass and, where a table is named, declare that table."""
        dataclass(frozen=True, kw_only=True)(cls)
        hints = get_type_hints(cls, include_extras=True)
        held = {each.name: each for each in fields(cls)}  # type: ignore[arg-type]
        own = {name: held[name].metadata.get(_TOLD) for name in cls.__annotations__ if name in held}
        cls._names = tuple(held)
        cls.words = {name: word for name in held if (word := _word(hints[name]))}
        cls.columns = {name: of for name, of in own.items() if of}
        for base in cls.__mro__[1:]:
            cls.columns = {**cls.columns, **getattr(base, "columns", {})}
        if table is not None:
            made = (_column(name, hints[name], of) for name, of in cls.columns.items())
            cls.table = judged(table, says, *made, *indexes)
            DECLARED[table] = cls

    @classmethod
    @cache
    def shown(cls, *where: Show) -> Mapping[str, Told]:
        """Return the columns that people meet in these places, by name."""
        return {name: of for name, of in cls.columns.items() if of.show in where}

    @classmethod
    def of(cls, values: Mapping[str, object] | RowMapping, **more: object) -> Self:
        """Make a row of a mapping that has its columns; `more` are values that stand beside it.

        Raises KeyError for a column that is missing.
        """
        taken = {name: more[name] if name in more else values[name] for name in cls._names}
        for name, word in cls.words.items():
            if taken[name] is not None:
                taken[name] = word(str(taken[name]))
        row = object.__new__(cls)
        row.__dict__.update(taken)  # frozen from here on
        return row

    @classmethod
    def write(cls, column: str, value: object) -> str:
        """Write a value of a column for people, with its unit; nothing for None."""
        if value is None:
            return ""
        if isinstance(value, bool):
            return "是" if value else "否"
        if isinstance(value, int):
            return cls.columns[column].unit.write(value)
        if word := cls.words.get(column):
            return word(str(value)).label
        return str(value)

    @property
    def address(self) -> str:
        """Name the row in the warehouse: spending_result/12."""
        return f"{self.table.name}/{vars(self).get('id')}"

    @classmethod
    def digits(cls, column: str, row: Mapping[str, Any]) -> str | None:
        """Write a share of a row in per cent with digits enough; None where two decimals do.

        A stored share that is not what it is declared to be exactly is written as it is stored.
        """
        exactly, stored = cls.columns[column].exactly, row[column]
        if exactly is None or stored is None:
            return None
        share = exactly.share(row)
        less = cls._share(exactly.less, row, as_stored=False) if exactly.less else Quotient(0, 1)
        if share is None or less is None:
            return None
        value = share.less(less)
        if abs(100 * value.many - stored * value.of) >= value.of:
            return None
        limits = (cls._share(each, row) for each in exactly.beside)
        write = write_apart if exactly.less else write_beside
        said = write(value, [each for each in limits if each is not None])
        return None if said.find(".") >= len(said) - 3 else said

    @classmethod
    def _share(
        cls, of: str | int, row: Mapping[str, Any], *, as_stored: bool = True
    ) -> Quotient | None:
        """Return a share in basis points, or that of a column, in per cent, as exactly as known.

        One that is not known exactly, as of versions before its parts were kept, is as stored.
        """
        stored = row.get(of) if isinstance(of, str) else of
        if stored is None or isinstance(of, int):
            return None if stored is None else Quotient(stored, 100)
        exactly = cls.columns[of].exactly
        share = exactly.share(row) if exactly else None
        rounded = share is None and (as_stored or exactly is None)
        return Quotient(stored, 100) if rounded else share

    @classmethod
    def tell(cls, column: str, row: Mapping[str, Any]) -> str:
        """Write what a column of a row holds, for people; a share with digits enough."""
        said = cls.digits(column, row)
        if said is None:
            return cls.write(column, row[column])
        return f"{said}{cls.columns[column].unit.value.chinese}"

    def told(self, column: str) -> str:
        """Write what a column of this row holds, for people."""
        return self.tell(column, vars(self))

    @classmethod
    def read(cls, connection: Connection, query: Query) -> Iterator[Self]:
        """Read the rows of a select that has the class's columns, in its order."""
        for row in connection.execute(query).mappings():
            yield cls.of(row)

    def stored(self) -> dict[str, object]:
        """Return the declared columns by name, as they are stored: words as their codes."""
        values = {name: getattr(self, name) for name in self.columns}
        return {k: str(v) if isinstance(v, StrEnum) else v for k, v in values.items()}


class JudgedRow(Result):
    """A row of a snapshot (评价版本)."""

    id: int
    snapshot_id: int
