"""The shipped data is what its scripts make, byte for byte, and says that it is made up."""

import subprocess
import sys
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.year import DATA, REGISTERS, ROOT


@pytest.mark.parametrize("script", ["build_documents.py", "build_sample_year.py"])
def test_building_again_gives_the_same_bytes(script: str, tmp_path: Path) -> None:
    subprocess.run([sys.executable, ROOT / "scripts" / script, tmp_path], check=True)
    made = {path.relative_to(tmp_path): path for path in tmp_path.rglob("*") if path.is_file()}
    assert made
    for relative, path in made.items():
        assert path.read_bytes() == (DATA / relative).read_bytes(), f"run: make data ({relative})"


def test_every_register_says_in_its_first_row_that_it_is_made_up() -> None:
    for path in REGISTERS.iterdir():
        if path.suffix == ".csv":
            first = path.read_text("utf-8-sig").splitlines()[0]
        else:
            sheet = load_workbook(path, read_only=True).worksheets[0]
            first = str(next(sheet.iter_rows(values_only=True))[0])
        assert "模拟数据" in first, path.name
