"""What a register (台账) is: one YAML file declares its columns, key, rules and time limits.

The declaration drives the reader, the warehouse table, the expectation suite, the template
workbook, the measures, the documentation and the column metadata in the Dagster UI, so a new
register is one file and no code. Beside the shipped ones stand those of the folder
PERF_DECLARATIONS: registers, and measures over registers that are declared elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.registers.measure_declaration import Condition, MeasureDeclaration
from perf_pipeline.registers.yaml_lines import read_yaml

SHIPPED = files("perf_pipeline.registers") / "declarations"

NAME = r"^[a-z][a-z0-9_]{0,39}$"  # names become names of tables and columns
LABEL = r"^[^\[\]:*?/\\\s.'][^\[\]:*?/\\]{0,29}$"  # begins a file's name, and is a sheet's
# the columns that every sourced row has around its own
AROUND = {
    *("id", "department_id", "fiscal_year", "source_file_id", "sheet", "row_number"),
    *("row_key", "closed_by_id", "restored_by_id"),
}


class ColumnType(StrEnum):
    """How a cell is read, and what is stored."""

    TEXT = "text"
    COUNT = "count"  # a whole number
    MONEY = "money"  # read in `unit` (元 or 万元), stored in whole fen (分)
    DATE = "date"
    YES_NO = "yes_no"
    CHOICE = "choice"


class Column(BaseModel):
    """One column of a register."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=NAME)
    label: str
    type: ColumnType
    description: str
    example: str | None = None
    aliases: tuple[str, ...] = ()
    required: bool = False
    unit: str | None = None
    choices: tuple[str, ...] = ()
    minimum: int | None = None  # in the stored unit: fen for money
    maximum: int | None = None
    in_fiscal_year: bool = False  # the date must lie in the fiscal year of the file
    # the date may also lie in an earlier year where the case was still open when the year began:
    # the column that says when it was over
    carried_over_until: str | None = None
    known_project: bool = False  # the text must name a project of the department's targets

    @property
    def lowest(self) -> int | None:
        """Smallest allowed stored value: counts are never negative unless declared so."""
        if self.minimum is None and self.type is ColumnType.COUNT:
            return 0
        return self.minimum

    @model_validator(mode="after")
    def _choices_belong_to_choice(self) -> Self:
        if (self.type is ColumnType.CHOICE) != bool(self.choices):
            raise ValueError(f"column {self.name}: choices go with type choice, and only with it")
        return self


class Rule(BaseModel):
    """A rule between two columns of one row; a row that breaks it is quarantined.

    not_before: `column` (a date, may be empty) is not earlier than `other`.
    at_most: `column` (a number, may be empty) is at most `other`.
    both_or_neither: both cells are filled, or both are empty.
    any_of: at least one of the two cells is filled.
    open_in_year: where `column` lies before the file's year, `other` does not; made of a column's
    `carried_over_until`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    kind: Literal["not_before", "at_most", "both_or_neither", "any_of", "open_in_year"]
    column: str
    other: str


class Words(BaseModel):
    """A column beside the amount whose words say what becomes of it.

    `labels` are its headings, whole or as their end. `counted` leaves the amount as it is,
    `reversed` takes it off, `negative` says that it is one taken off already (a red entry, 红字),
    `void` leaves the row out. A word that stands nowhere is asked about.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    labels: tuple[str, ...]
    counted: tuple[str, ...] = ()
    reversed: tuple[str, ...] = ()
    negative: tuple[str, ...] = ()
    void: tuple[str, ...] = ()


class AmountMeaning(BaseModel):
    """What an amount means (金额含义) in a ledger: what may stand beside it, and what a line is.

    `credit` are headings of a second column of amounts, which are taken off (贷方金额); `balance`
    those of running balances, which are no payments. `number`, `day`, `whose` and `told_by` name
    the columns that make a line a payment: without them it is a total or is carried over. A file
    without the column `number` is read by the content of its rows, one without `source` where the
    project has one source of funds.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    column: str
    number: str
    day: str
    whose: str
    source: str
    told_by: tuple[str, ...] = ()
    credit: tuple[str, ...] = ()
    balance: tuple[str, ...] = ()
    beside: tuple[Words, ...] = ()

    @property
    def columns(self) -> frozenset[str]:
        """Names of the register's columns that are spoken of."""
        return frozenset(
            {self.column, self.number, self.day, self.whose, self.source, *self.told_by}
        )

    @property
    def may_lack(self) -> frozenset[str]:
        """Required columns that a file may do without."""
        return frozenset({self.number, self.source})


class TimeLimit(BaseModel):
    """A time limit (期限) of the register's cases: `done_by` is due so many days after a date.

    Calendar days; the last one is still in time. `extended_by` is a column of granted days.
    A limit on a `right` is how long someone may ask for something: it can lapse, not be overdue.
    It runs for the rows that pass `where`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=NAME)
    label: str
    counts_from: str
    done_by: str
    days: int = Field(ge=0, le=3650)
    extended_by: str | None = None
    right: bool = False
    where: tuple[Condition, ...] = ()
    source: str  # the law or rule that sets it, with the article


class Register(BaseModel):
    """A register: its name (the warehouse table), label (the file's name), columns and rules.

    A file of it without any row means that nothing happened, unless `empty_means_none` is false.
    The `prefilled` columns are those that a template is handed out with: a row in which no other
    column is filled says nothing, and is skipped as a blank row is.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=NAME)
    label: str = Field(pattern=LABEL)
    description: str
    key: tuple[str, ...]
    prefilled: tuple[str, ...] = ()
    also_called: tuple[str, ...] = ()  # what else a file of it may be named, as systems export it
    empty_means_none: bool = True
    first: bool = False  # among the templates of a new inbox: every department has a use for it
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...] = ()
    limits: tuple[TimeLimit, ...] = ()
    measures: tuple[MeasureDeclaration, ...] = ()
    # columns of the shipped register that an installation's own version leaves out: the table has
    # them, empty, so that what asks for them finds nothing instead of failing
    left_out: tuple[Column, ...] = ()
    amount: AmountMeaning | None = None

    @model_validator(mode="after")
    def _names_are_columns(self) -> Self:
        named = {*self.key, *self.prefilled}
        named |= {name for rule in self.rules for name in (rule.column, rule.other)}
        for limit in self.limits:
            named |= {limit.counts_from, limit.done_by, limit.extended_by or limit.done_by}
            named |= {each.column for each in limit.where if each.column}
        named |= {each.carried_over_until for each in self.columns if each.carried_over_until}
        named |= self.amount.columns if self.amount else set()
        unknown = named - {column.name for column in self.columns}
        if unknown:
            raise ValueError(f"register {self.name}: no such column: {', '.join(sorted(unknown))}")
        return self

    @model_validator(mode="after")
    def _columns_are_told_apart(self) -> Self:
        names = [column.name for column in self.columns]
        labels = [label for column in self.columns for label in (column.label, *column.aliases)]
        twice = {each for each in (*names, *labels) if (names + labels).count(each) > 1}
        if twice or AROUND & set(names):
            wrong = ", ".join(sorted(twice | AROUND & set(names)))
            raise ValueError(f"register {self.name}: a name stands twice or is taken: {wrong}")
        return self

    @model_validator(mode="after")
    def _limits_lie_between_dates(self) -> Self:
        for limit in self.limits:
            ends = {self.column(limit.counts_from).type, self.column(limit.done_by).type}
            days = self.column(limit.extended_by).type if limit.extended_by else ColumnType.COUNT
            if ends != {ColumnType.DATE} or days is not ColumnType.COUNT:
                raise ValueError(f"register {self.name}: limit {limit.name} is not between dates")
        return self

    def column(self, name: str) -> Column:
        """Return the column of that name."""
        return next(column for column in self.columns if column.name == name)

    def limit(self, name: str) -> TimeLimit:
        """Return the time limit of that name."""
        return next(limit for limit in self.limits if limit.name == name)

    @property
    def came_in(self) -> Column | None:
        """Return the date on which a case came in, where cases are carried over into later years.

        A case's number and the year in which it came in tell it apart, whatever exports hold it.
        """
        return next((each for each in self.columns if each.carried_over_until), None)


class Addition(BaseModel):
    """Measures that an installation adds to a register which it does not declare itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    measures_of: str
    measures: tuple[MeasureDeclaration, ...]


class DeclarationFolder(BaseSettings):
    """Where an installation keeps declarations of its own: PERF_DECLARATIONS, or in `.env`."""

    model_config = SettingsConfigDict(
        env_prefix="PERF_", env_file=".env", extra="ignore", frozen=True
    )

    declarations: Path | None = None


@cache
def load_registers() -> tuple[Register, ...]:
    """Read every declaration, shipped and of the installation, in the order of their names.

    An installation's own version of a shipped register takes its place: it keeps the shipped
    measures but those whose code it declares itself, and its table the columns it leaves out.

    Raises ConfigurationError when a file is not a valid declaration, when the folder of the
    installation is missing, or when two registers share a label: files are told apart by it.
    """
    registers: dict[str, Register] = {}
    additions: list[Addition] = []
    for declared in _declared_in(SHIPPED):
        _keep(declared, registers, additions)
    own = DeclarationFolder().declarations
    if own is not None and not own.is_dir():
        raise ConfigurationError(f"台账声明文件夹 {own} 不存在（PERF_DECLARATIONS）")
    for declared in _declared_in(own) if own is not None else ():
        _keep(declared, registers, additions)
    for each in additions:
        if each.measures_of not in registers:
            raise ConfigurationError(f"measures_of：没有名为 {each.measures_of} 的台账声明")
        known = registers[each.measures_of]
        more = _joined(known.measures, each.measures)
        registers[each.measures_of] = known.model_copy(update={"measures": more})
    labels = [declared.label for declared in registers.values()]
    for label in labels:
        if labels.count(label) > 1:
            raise ConfigurationError(f"有两种台账都叫“{label}”：台账名用来辨认文件，不能重复")
    return tuple(registers[name] for name in sorted(registers))


def _keep(
    declared: Register | Addition, registers: dict[str, Register], additions: list[Addition]
) -> None:
    if isinstance(declared, Addition):
        additions.append(declared)
        return
    shipped = registers.get(declared.name)
    if shipped is not None:
        names = {column.name for column in declared.columns}
        update = {
            "measures": _joined(shipped.measures, declared.measures),
            "left_out": tuple(each for each in shipped.columns if each.name not in names),
        }
        declared = declared.model_copy(update=update)
    registers[declared.name] = declared


def _joined(
    measures: tuple[MeasureDeclaration, ...], own: tuple[MeasureDeclaration, ...]
) -> tuple[MeasureDeclaration, ...]:
    by_code = {each.code: each for each in (*measures, *own)}  # an own one in the other's place
    return tuple(by_code.values())


def is_shipped(name: str) -> bool:
    """Tell whether a register of that name comes with this package."""
    return (SHIPPED / f"{name}.yaml").is_file()


def _declared_in(folder: Traversable) -> Iterator[Register | Addition]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if not entry.name.endswith(".yaml"):
            continue
        file = read_yaml(entry)
        adds = isinstance(file.content, dict) and "measures_of" in file.content
        try:
            declared = (Addition if adds else Register).model_validate(file.content)
        except ValidationError as error:
            raise file.refusal(error) from error
        placed = tuple(
            each.model_copy(update={"place": file.place("measures", nth)})
            for nth, each in enumerate(declared.measures)
        )
        yield declared.model_copy(update={"measures": placed})


def register(name: str) -> Register:
    """Return the register of that name; raises ConfigurationError when there is none."""
    for declared in load_registers():
        if declared.name == name:
            return declared
    raise ConfigurationError(f"没有名为 {name} 的台账声明")
