"""What staff say of all lines of work and what they say of one may meet on one indicator."""

import csv
import shutil
from pathlib import Path

import pytest
from sqlalchemy import Engine

from perf_pipeline.monitoring.status import read_status
from tests.integration.test_year_rules import REPORT, RULES
from tests.year import DATA, DEPARTMENT, judge, take_everything_in

LOST = "脱漏管"


@pytest.mark.parametrize("named", [(None, RULES), (RULES, None)])
def test_an_indicator_stands_once_and_what_names_its_line_counts(
    engine: Engine, tmp_path: Path, named: tuple[str | None, ...]
) -> None:
    inbox = shutil.copytree(DATA, tmp_path / "inbox")
    registers = inbox / "2024" / DEPARTMENT / "registers"
    (registers / "人工填报指标值.xlsx").unlink()
    of = {None: "1人", RULES: "0人"}
    with (registers / "人工填报指标值.csv").open("w", encoding="utf-8-sig", newline="") as stream:
        rows = [(None, section, LOST, "2024-03-31", of[section], None) for section in named]
        csv.writer(stream).writerows([REPORT, *rows])
    take_everything_in(engine, inbox)
    judge(engine, "2024-03")
    told = [each for judged in read_status(engine) for each in judged["indicators"]]
    assert len(told) == len({each["indicator_key"] for each in told})
    mine = {each["section"]: each["status"] for each in told if each["name"] == LOST}
    assert mine.pop(RULES) == "met"
    assert set(mine.values()) == {"missed"}
