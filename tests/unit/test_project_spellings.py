"""A project's name that looks the same is the same, whatever invisible signs stand in it."""

from pathlib import Path

import pytest

from perf_pipeline.registers.declaration import register
from tests.read_register import read_register

KNOWN = {"信访维稳经费", "雪亮工程（二期）"}


def read(tmp_path: Path, name: str) -> tuple[list[object], list[str]]:
    path = tmp_path / "支付台账.csv"
    head = "凭证号,支付日期,项目名称,支付金额,资金来源\n"
    path.write_text(f"{head}1,2024-03-05,{name},1.00,财政资金\n", "utf-8")
    reading = read_register(path, register("payment"), fiscal_year=2024, known_projects=KNOWN)
    names = [row.values["project_name"] for row in reading.rows]
    return list(names), [row.reason for row in reading.quarantined]


@pytest.mark.parametrize(
    "name",
    [
        *("信访维稳经费", "信访\u00a0维稳经费", "信访维稳\u200b经费"),
        *("\u3000信访维稳经费", "信访 维稳经费", "信访维稳\u2060经费"),
    ],
)
def test_names_that_look_alike_are_one_name(tmp_path: Path, name: str) -> None:
    assert read(tmp_path, name) == (["信访维稳经费"], [])


@pytest.mark.parametrize("name", ["雪亮工程(二期)", "雪亮工程（ 二期 ）"])
def test_brackets_of_either_width_are_one(tmp_path: Path, name: str) -> None:
    assert read(tmp_path, name) == (["雪亮工程（二期）"], [])


@pytest.mark.parametrize("name", ["信访维稳", "信访维稳经费二", "雪亮工程（三期）"])
def test_another_name_stays_another(tmp_path: Path, name: str) -> None:
    names, reasons = read(tmp_path, name)
    assert names == []
    assert "不在绩效目标文件中" in reasons[0]
