"""The expectation suite (质量套件) of a register, made from its declaration.

Those of shipped tables stand in files, which `make suites` renews; of a register that the
installation declares for itself it is made here. Severity `critical` is for broken data and blocks
what comes after it; `warning` is for promises not kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from perf_pipeline.quality.check_result import CRITICAL
from perf_pipeline.quality.engine import gx, gxe, row_conditions
from perf_pipeline.quality.relations import asks
from perf_pipeline.registers.declaration import ColumnType, Register, Rule
from perf_pipeline.registers.rules import filled_together

Expectations = Iterator[object]
COLUMN = row_conditions.Column

_FILLED = {"ignore_row_if": "either_value_is_missing"}

# what a stored value is called: in a frame of plain Python values, and by the two databases
STORED_TYPES: dict[ColumnType, Sequence[str]] = {
    ColumnType.TEXT: ("str", "TEXT"),
    ColumnType.CHOICE: ("str", "TEXT"),
    ColumnType.COUNT: ("int", "BIGINT", "BIGINTEGER"),
    ColumnType.MONEY: ("int", "BIGINT", "BIGINTEGER"),
    ColumnType.DATE: ("date", "DATE"),
    ColumnType.YES_NO: ("bool", "BOOLEAN"),
}


def suite_of_register(declared: Register) -> dict[str, object]:
    """Return the suite of one register, as its declaration makes it."""
    return suite(declared.name, list(of_register(declared)))


def suite(name: str, expectations: list[object]) -> dict[str, Any]:
    """Return a suite in Great Expectations' format, with ids that stay."""
    made: dict[str, Any] = gx.ExpectationSuite(name=name, expectations=expectations).to_json_dict()
    made["id"] = str(uuid5(NAMESPACE_URL, f"perf_pipeline/{name}"))
    for number, expectation in enumerate(made["expectations"]):
        expectation["id"] = str(uuid5(NAMESPACE_URL, f"perf_pipeline/{name}/{number}"))
    return made


def unique_key() -> Expectations:
    """Expect that no two current rows of a sourced table have one key."""
    yield gxe.ExpectCompoundColumnsToBeUnique(
        column_list=["department_id", "fiscal_year", "row_key"],
        severity=CRITICAL,
        description="同一部门同一年度的现行记录，主键不能重复",
    )


def of_register(declared: Register) -> Expectations:
    """Give what a register's declaration makes one expect of its rows."""
    yield from unique_key()
    for column in declared.columns:
        if column.required and not column.may_lack:
            yield filled(column.name, CRITICAL, f"{column.label}不能为空")
        yield gxe.ExpectColumnValuesToBeInTypeList(
            column=column.name,
            type_list=list(STORED_TYPES[column.type]),
            severity=CRITICAL,
            description=f"{column.label}的类型应一致",
        )
        if column.choices:
            said = f"{column.label}应为：{'、'.join(column.choices)}"
            yield among(column.name, column.choices, CRITICAL, said)
        if column.lowest is not None or column.maximum is not None:
            limits = {"min_value": column.lowest, "max_value": column.maximum}
            yield between(column.name, CRITICAL, f"{column.label}应在允许的范围内", **limits)
        if column.carried_over_until:
            said = f"{column.label}不晚于财政年度"
            yield at_least("fiscal_year", f"{column.name}_year", CRITICAL, said)
        elif column.in_fiscal_year:
            said = f"{column.label}应在财政年度内"
            yield equal(f"{column.name}_year", "fiscal_year", said, where_filled=True)
    for rule in declared.rules:
        yield from _rule(declared, rule)


def _rule(declared: Register, rule: Rule) -> Expectations:
    label, other = declared.column(rule.column).label, declared.column(rule.other).label
    match rule.kind:
        case "not_before":
            yield at_least(rule.column, rule.other, CRITICAL, f"{label}不能早于{other}")
        case "at_most":
            yield at_least(rule.other, rule.column, CRITICAL, f"{label}不能大于{other}")
        case "filled_where":
            when = COLUMN(rule.column) == rule.when
            yield filled(rule.other, CRITICAL, f"{label}为“{rule.when}”就应有{other}", when)
        case "any_of":
            when = COLUMN(rule.other).is_null()
            yield filled(rule.column, CRITICAL, f"{label}与{other}至少有一项", when)
    for given, asked in filled_together(rule):
        said = f"有{declared.column(given).label}就应有{declared.column(asked).label}"
        yield filled(asked, CRITICAL, said, COLUMN(asks(given, asked)) == 1)


def at_least(larger: str, smaller: str, severity: str, description: str, **more: object) -> object:
    """Expect that one column is at least another where both are filled."""
    more = {"or_equal": True, **_FILLED, **more}
    return gxe.ExpectColumnPairValuesAToBeGreaterThanB(
        column_A=larger, column_B=smaller, severity=severity, description=description, **more
    )


def equal(column: str, other: str, description: str, *, where_filled: bool = False) -> object:
    """Expect that two columns are equal, everywhere or where both are filled."""
    more = _FILLED if where_filled else {}
    return gxe.ExpectColumnPairValuesToBeEqual(
        column_A=column, column_B=other, severity=CRITICAL, description=description, **more
    )


def filled(column: str, severity: str, description: str, where: object = None) -> object:
    """Expect that a column is filled, in all rows or in those of which a condition holds."""
    more = {} if where is None else {"row_condition": where}
    return gxe.ExpectColumnValuesToNotBeNull(
        column=column, severity=severity, description=description, **more
    )


def among(column: str, values: Sequence[str], severity: str, description: str) -> object:
    """Expect that a column holds one of some values."""
    return gxe.ExpectColumnValuesToBeInSet(
        column=column, value_set=list(values), severity=severity, description=description
    )


def between(column: str, severity: str, description: str, **limits: int | None) -> object:
    """Expect that a column lies between min_value and max_value, where these are given."""
    return gxe.ExpectColumnValuesToBeBetween(
        column=column, severity=severity, description=description, **limits
    )
