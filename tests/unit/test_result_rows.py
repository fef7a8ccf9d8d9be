"""Result rows: the class is the declaration; its table, its words and its reader are made of it."""

from dataclasses import FrozenInstanceError

import pytest

import perf_pipeline.warehouse.schema  # noqa: F401 - declares every result
from perf_pipeline.domain.status import Light
from perf_pipeline.domain.unit import Unit
from perf_pipeline.language.catalogue import catalogue
from perf_pipeline.warehouse.judgements import SpendingResult
from perf_pipeline.warehouse.result import DECLARED, Show
from tests.result_rows import row_of

EVERY = [(of, name) for of in DECLARED.values() for name in of.columns]


@pytest.mark.parametrize(("of", "name"), EVERY, ids=lambda each: getattr(each, "__name__", each))
def test_a_column_says_its_words_in_both_languages_and_its_unit(of: type, name: str) -> None:
    told = DECLARED[of.table.name].columns[name]  # type: ignore[attr-defined]
    assert told.label
    assert told.english.isascii()
    assert catalogue("en").title(told.label) == told.english
    assert of.table.c[name].comment == told.comment  # type: ignore[attr-defined]
    assert (told.unit is Unit.FEN) == name.endswith("_fen")
    assert told.unit is Unit.NONE or not name.endswith("_bp") or told.unit.value.stored


def test_a_label_means_one_thing_in_english_wherever_it_stands() -> None:
    said = {(told.label, told.english) for of in DECLARED.values() for told in of.columns.values()}
    assert len(said) == len({label for label, _ in said})


def test_a_row_is_typed_frozen_and_writes_itself() -> None:
    row = row_of(SpendingResult, id=7, light="red", paid_fen=67_800_001, deviation_bp=-2480)
    assert row.light is Light.RED
    told = {name: row.told(name) for name in row.shown(Show.HEAD)}
    assert told == {
        "budget_fen": "",
        "paid_fen": "678,000.01元",
        "planned_label": "",
        "planned_bp": "",
        "actual_bp": "",
        "deviation_bp": "-24.80个百分点",
        "light": "预警",
    }
    assert (row.figure, row.address) == ("S7", "spending_result/7")
    with pytest.raises(FrozenInstanceError):
        row.paid_fen = 1  # type: ignore[misc]


def test_a_select_that_lacks_a_column_is_an_error_and_no_empty_value() -> None:
    with pytest.raises(KeyError, match="paid_fen"):
        SpendingResult.of(
            {name: None for name in vars(row_of(SpendingResult)) if name != "paid_fen"}
        )


def test_amounts_are_whole_and_signed() -> None:
    assert [Unit.FEN.write(fen) for fen in (0, 1, -1, -100, 123_456_789)] == [
        "0.00元",
        "0.01元",
        "-0.01元",
        "-1.00元",
        "1,234,567.89元",
    ]
    assert [Unit.MILLIONTHS.write(each) for each in (95_000_000, -500_000, 1)] == [
        "95",
        "-0.5",
        "0.000001",
    ]
