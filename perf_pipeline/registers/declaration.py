"""What a register (台账) is: one YAML file declares its columns, key and rules.

The declaration drives the reader, the warehouse table, the expectation suite and the column
metadata in the Dagster UI, so a new register is one file and no code.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from perf_pipeline.domain.errors import ConfigurationError


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

    name: str
    label: str
    type: ColumnType
    description: str
    aliases: tuple[str, ...] = ()
    required: bool = False
    unit: str | None = None
    choices: tuple[str, ...] = ()
    minimum: int | None = None  # in the stored unit: fen for money
    maximum: int | None = None
    in_fiscal_year: bool = False  # the date must lie in the fiscal year of the file
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
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    kind: Literal["not_before", "at_most", "both_or_neither", "any_of"]
    column: str
    other: str


class Register(BaseModel):
    """A register: its name (the warehouse table), label (the file's name), columns and rules."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    label: str
    description: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...] = ()

    @model_validator(mode="after")
    def _names_are_columns(self) -> Self:
        named = {*self.key, *(r.column for r in self.rules), *(r.other for r in self.rules)}
        unknown = named - {column.name for column in self.columns}
        if unknown:
            raise ValueError(f"register {self.name}: no such column: {', '.join(sorted(unknown))}")
        return self

    def column(self, name: str) -> Column:
        """Return the column of that name."""
        return next(column for column in self.columns if column.name == name)


@cache
def load_registers() -> tuple[Register, ...]:
    """Read every declaration in `registers/declarations/`, in the order of their file names.

    Raises ConfigurationError when a file is not a valid declaration.
    """
    folder = files("perf_pipeline.registers") / "declarations"
    registers = []
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if not entry.name.endswith(".yaml"):
            continue
        try:
            registers.append(Register.model_validate(yaml.safe_load(entry.read_text("utf-8"))))
        except (ValidationError, yaml.YAMLError) as error:
            raise ConfigurationError(f"台账声明 {entry.name} 无效：{error}") from error
    return tuple(registers)


def register(name: str) -> Register:
    """Return the register of that name; raises ConfigurationError when there is none."""
    for declared in load_registers():
        if declared.name == name:
            return declared
    raise ConfigurationError(f"没有名为 {name} 的台账声明")
