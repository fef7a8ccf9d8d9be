"""What a register (台账) is: one YAML file declares its columns, key, rules and time limits.

The declaration drives the reader, the warehouse table, the expectation suite, the template
workbook, the measures, the documentation and the column metadata in the Dagster UI, so a new
register is one file and no code. Beside the shipped ones stand those of the folder
PERF_DECLARATIONS: registers, and measures over registers that are declared elsewhere.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, ValidationError, model_validator

from perf_pipeline.domain.declared import Declared
from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.registers.measure_declaration import MeasureDeclaration
from perf_pipeline.registers.register_parts import (
    NAME,
    AmountMeaning,
    Change,
    Column,
    ColumnType,
    Rule,
    TimeLimit,
    Words,
)
from perf_pipeline.registers.yaml_lines import read_yaml

SHIPPED = files("perf_pipeline.registers") / "declarations"

LABEL = r"^[^\[\]:*?/\\\s.'][^\[\]:*?/\\]{0,29}$"  # begins a file's name, and is a sheet's
# the columns that every sourced row has around its own
AROUND = {
    *("id", "department_id", "fiscal_year", "source_file_id", "sheet", "row_number"),
    *("row_key", "closed_by_id", "restored_by_id"),
}


class Register(Declared):
    """A register: its name (the warehouse table), label (the file's name), columns and rules.

    A file of it without any row means that nothing happened, unless `empty_means_none` is false.
    The `prefilled` columns are those that a template is handed out with: a row in which no other
    column is filled says nothing, and is skipped as a blank row is.
    """

    name: str = Field(pattern=NAME)
    label: str = Field(pattern=LABEL)
    description: str
    key: tuple[str, ...]
    prefilled: tuple[str, ...] = ()
    also_called: tuple[str, ...] = ()  # what else a file of it may be named, as systems export it
    empty_means_none: bool = True
    safeguard: str = ""  # which of the document's safeguards (保障措施) it watches
    # what it decides for the year: it does not come anew for each checkpoint, and while a file of
    # it waits, what was decided before stays in force
    decides: Literal["money", "targets"] | None = None
    first: bool = False  # among the templates of a new inbox: every department has a use for it
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...] = ()
    limits: tuple[TimeLimit, ...] = ()
    measures: tuple[MeasureDeclaration, ...] = ()
    # columns of the shipped register that an installation's own version leaves out: the table has
    # them, empty, so that what asks for them finds nothing instead of failing
    left_out: tuple[Column, ...] = ()
    amount: AmountMeaning | None = None
    change: Change | None = None
    place: str = Field("", exclude=True)  # file and line, filled in when it is read
    own: bool = Field(False, exclude=True)  # of the installation, maybe in a shipped one's place

    @model_validator(mode="after")
    def _names_are_columns(self) -> Self:
        named = {*self.key, *self.prefilled}
        named |= {name for rule in self.rules for name in rule.columns}
        named |= {self.change.column} if self.change else set()
        for limit in self.limits:
            named |= limit.columns
            named |= {each.column for each in limit.where if each.column}
        named |= {each.carried_over_until for each in self.columns if each.carried_over_until}
        named |= self.amount.columns if self.amount else set()
        unknown = named - {column.name for column in self.columns}
        if unknown:
            raise ValueError(f"register {self.name}: no such column: {', '.join(sorted(unknown))}")
        if any(self.column(name).may_lack for name in self.key):
            raise ValueError(f"register {self.name}: a column of the key may not lack")
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

    def __reduce__(self) -> tuple[Callable[[bytes], Register], tuple[bytes]]:
        """Go to a reader's process as bytes that both sides keep: it goes with every file."""
        return _unpacked, (_packed(self),)

    def __hash__(self) -> int:
        """Tell registers apart by their names: selects are kept by them."""
        return hash(self.name)

    def needed(self, *asked: MeasureDeclaration) -> tuple[Column, ...]:
        """Return the columns that a file may do without and measures (none named: all) cannot.

        Those are what they read of columns that may be lacking, and what says when a row counts and
        whether as good, by limits too: an empty cell says no, a column not there says nothing.
        """
        names = frozenset(column.name for column in self.columns)
        asked = asked or self.measures
        read = {name for each in asked for name in each.columns(names)}
        weighed = {name for each in asked for name in each.columns_weighed(names)}
        limits = {name for each in asked for name in each.limits}
        weighed |= {name for limit in self.limits if limit.name in limits for name in limit.columns}
        return tuple(
            column
            for column in self.columns
            if column.name in (read if column.may_lack else weighed if not column.required else ())
        )

    def column(self, name: str) -> Column:
        """Return the column of that name."""
        return next(column for column in self.columns if column.name == name)

    def limit(self, name: str) -> TimeLimit:
        """Return the time limit of that name."""
        return next(limit for limit in self.limits if limit.name == name)

    @property
    def days(self) -> tuple[Column, ...]:
        """Return the dates on which what its rows tell happened, in the year of the file."""
        return tuple(column for column in self.columns if column.in_fiscal_year)

    @property
    def came_in(self) -> Column | None:
        """Return the date on which a case came in, where cases are carried over into later years.

        A case's number and the year in which it came in tell it apart, whatever exports hold it.
        """
        return next((each for each in self.columns if each.carried_over_until), None)

    @property
    def closed_by(self) -> str | None:
        """Return the name of the date on which such a case was over, maybe years later."""
        return self.came_in.carried_over_until if self.came_in else None


@lru_cache(maxsize=64)
def _packed(declared: Register) -> bytes:
    return pickle.dumps(declared.__getstate__())


@lru_cache(maxsize=64)
def _unpacked(state: bytes) -> Register:
    declared = Register.__new__(Register)
    declared.__setstate__(pickle.loads(state))
    return declared


class Addition(Declared):
    """Measures that an installation adds to a register which it does not declare itself."""

    measures_of: str
    measures: tuple[MeasureDeclaration, ...]
    place: str = Field("", exclude=True)


@cache
def load_registers() -> tuple[Register, ...]:
    """Read every declaration, shipped and of the installation, in the order of their names.

    An installation's own version of a shipped register takes its place: it keeps the shipped
    measures but those whose code it declares itself, and its table the columns it leaves out.

    Raises ConfigurationError when a file is not a valid declaration, when the folder of the
    installation is missing, or when two registers share a label: files are told apart by it.
    """
    from perf_pipeline.registers.declaration_folder import DeclarationFolder  # no reader asks it

    registers: dict[str, Register] = {}
    additions: list[Addition] = []
    for declared in _declared_in(SHIPPED):
        _keep(declared, registers, additions)
    own = DeclarationFolder().declarations
    if own is not None and not own.is_dir():
        raise ConfigurationError(f"台账声明文件夹 {own} 不存在（PERF_DECLARATIONS）")
    for declared in _declared_in(own) if own is not None else ():
        _keep(declared.model_copy(update={"own": True}), registers, additions)
    for each in additions:
        if each.measures_of not in registers:
            raise ConfigurationError(
                f"{each.place} measures_of：没有名为 {each.measures_of} 的台账声明"
            )
        known = registers[each.measures_of]
        more = _joined(known.measures, each.measures)
        registers[each.measures_of] = known.model_copy(update={"measures": more})
    labelled: dict[str, Register] = {}
    for declared in registers.values():
        other = labelled.setdefault(declared.label, declared)
        if other is not declared:
            raise ConfigurationError(
                f"有两种台账都叫“{declared.label}”（{other.place}、{declared.place}）："
                "台账名用来辨认文件，不能重复"
            )
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
    by_code = {each.code: each for each in measures}
    for each in own:  # in the other's place, as the figure of what the other is
        other = by_code.get(each.code)
        fills = each.fills or (other.fills if other else None)
        by_code[each.code] = each.model_copy(update={"fills": fills})
    return tuple(by_code.values())


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
        of = declared.measures_of if isinstance(declared, Addition) else declared.name
        placed = tuple(
            each.model_copy(update={"place": file.place("measures", nth), "of_register": of})
            for nth, each in enumerate(declared.measures)
        )
        at = file.place("measures_of" if adds else "label")
        yield declared.model_copy(update={"measures": placed, "place": at})


def register(name: str) -> Register:
    """Return the register of that name; raises ConfigurationError when there is none."""
    for declared in load_registers():
        if declared.name == name:
            return declared
    raise ConfigurationError(f"没有名为 {name} 的台账声明")
