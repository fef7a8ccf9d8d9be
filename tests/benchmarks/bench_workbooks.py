"""Reading and validating a workbook of payments, beside pandas.read_excel.

Usage: python tests/benchmarks/bench_workbooks.py
"""

import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.benchmarks.ledger import HEADER, PROJECTS, payments  # noqa: E402
from tests.benchmarks.measuring import do, measure  # noqa: E402

WORKBOOK_ROWS = 200_000


def read_workbook(_url: str, folder: Path) -> None:
    """Read and validate the workbook."""
    from perf_pipeline.registers.batches import RegisterBatches
    from perf_pipeline.registers.declaration import register
    from perf_pipeline.registers.header import Known

    path, declared = folder / "支付台账.xlsx", register("payment")
    batches = RegisterBatches(path, declared, 2024, Known(frozenset(PROJECTS)))
    rows = sum(len(batch.keys) for batch in batches)
    assert rows == WORKBOOK_ROWS


def pandas_read_excel(_url: str, folder: Path) -> None:
    """Read the workbook with pandas and openpyxl."""
    import pandas as pd

    assert len(pd.read_excel(folder / "支付台账.xlsx", engine="openpyxl")) == WORKBOOK_ROWS


TASKS: dict[str, Callable[[str, Path], None]] = {
    "workbook": read_workbook,
    "read_excel": pandas_read_excel,
}


def compare_workbooks() -> None:
    """Print the time to read and validate a workbook beside pandas.read_excel."""
    from openpyxl import Workbook

    with TemporaryDirectory() as name:
        folder = Path(name)
        book = Workbook(write_only=True)
        sheet = book.create_sheet("支付")
        sheet.append(HEADER)
        for row in payments(WORKBOOK_ROWS):
            sheet.append([*row[:3], float(row[3]), *row[4:]])
        book.save(folder / "支付台账.xlsx")
        ours = measure(__file__, "workbook", "-", folder)
        theirs = measure(__file__, "read_excel", "-", folder)
    print(f"\nworkbook of {WORKBOOK_ROWS:,} rows")
    for name, found in (("read and validated", ours), ("pandas.read_excel", theirs)):
        print(
            f"  {name:20}{found.wall:8.2f} s{found.cpu:8.2f} s of processor{found.memory:8.0f} MB"
        )
    print(f"  wall: read_excel / ours = {theirs.wall / ours.wall:.1f}")
    print(f"  cpu: read_excel / ours = {theirs.cpu / ours.cpu:.1f}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--task"]:
        do(TASKS)
    else:
        compare_workbooks()
