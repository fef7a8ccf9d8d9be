"""Which register a file is, by its name."""

from pathlib import Path

import pytest

from perf_pipeline.registers import matching
from perf_pipeline.registers.declaration import load_registers, register
from perf_pipeline.registers.matching import register_for_file


def test_a_register_is_known_by_its_files_name() -> None:
    named = {"支付台账.xlsx": "payment", "1-6月支付台账（更正）.csv": "payment", "杂项.xlsx": None}
    for name, expected in named.items():
        found = register_for_file(Path(name))
        assert (found.name if found else None) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("支付台账2024.xlsx", "payment"),
        ("支付台账（1-6月）.csv", "payment"),
        ("2024年信访事项台账.xls", "petition_case"),
        ("政法委-设备巡检记录.csv", "device_inspection"),
        ("信访事项登记表.xlsx", "petition_case"),
        ("合同审批单.xlsx", None),
        ("会议纪要.xlsx", None),
    ],
)
def test_a_file_is_known_by_the_label_in_its_name(name: str, expected: str | None) -> None:
    found = register_for_file(Path(name))
    assert (found.name if found else None) == expected


def test_every_register_is_known_by_its_own_label() -> None:
    for declared in load_registers():
        assert register_for_file(Path(f"{declared.label}.xlsx")) == declared


@pytest.mark.parametrize("name", ["AED设备台账.xlsx", "aed设备台账（1月）.csv", "LED清单.csv"])
def test_a_register_of_the_installation_may_be_called_in_capitals(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    named = {"label": "AED设备台账", "also_called": ("LED清单",)}
    own = register("device_inspection").model_copy(update=named)
    monkeypatch.setattr(matching, "load_registers", lambda: (own,))
    matching._named.cache_clear()
    found = register_for_file(Path(name))
    matching._named.cache_clear()
    assert found == own
