"""Names of files and folders: one rule for all, and a number of a person is not told."""

import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perf_pipeline.domain.errors import Place
from perf_pipeline.foreign.names import called, fault_of, fault_of_folder, safe
from perf_pipeline.reports.files import safe_name


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("支付台账.xlsx", None),
        ("区教育局（本级）", None),
        ("<b>&amp;", "符号"),
        ("{{7*7}}", "符号"),
        ("末尾空格 ", "空格"),
        ("末尾点.", "句点"),
        ("字" * 121, "最多"),
        ("a\nb", "看不见"),
        ("甲\u200b乙", "看不见"),
        ("\u202egpj", "看不见"),
        ("支付台账_20240401093000.xlsx", None),
        ("支付台账110105202401010012.xlsx", None),  # of a region, a day, the first
        ("支付凭证620102202403010002.xlsx", None),
        ("支付台账13800000000.xlsx", None),
        ("支付台账021-2024001.xlsx", None),
        (os.fsdecode(b"\xb2\xe2\xca\xd4.xlsx"), "UTF-8"),
    ],
)
def test_names_are_held_to_one_rule(name: str, says: str | None) -> None:
    fault = fault_of(name)
    assert (fault is None) if says is None else (fault is not None and says in fault)
    assert (safe(name) == name) is (says is None)
    assert fault_of(safe(name)) is None


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("区教育局（本级）", None),
        ("局" * 60, None),
        ("局" * 61, "最多60个汉字"),
        ("a" * 120, None),
        (".hidden", "隐藏"),
        ("末尾点.", "句点"),
    ],
)
def test_a_department_is_refused_whose_reports_no_folder_could_hold(
    name: str, says: str | None
) -> None:
    fault = fault_of_folder(name)
    assert (fault is None) if says is None else (fault is not None and says in fault)
    assert fault is not None or safe_name(name) == name


@given(st.text(min_size=1, max_size=80).filter(lambda name: "/" not in name))
def test_whatever_folder_is_taken_in_can_be_written_for(name: str) -> None:
    assert fault_of_folder(name) is not None or safe_name(name) == name


@pytest.mark.parametrize("name", ["流水号13912345678.csv", "张11010519491231002X.xlsx"])
def test_a_name_with_a_number_of_a_person_is_taken_and_told_without_it(
    name: str, tmp_path: Path
) -> None:
    (tmp_path / name).touch()
    told = safe(name)
    assert fault_of(name) is None
    assert not re.search("13912345678|19491231002X", f"{told} {Place(name)}")
    assert Path(told).suffix == Path(name).suffix
    assert called(tmp_path / told) == tmp_path / name
