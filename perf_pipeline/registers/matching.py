"""Which register a file is, by its name."""

from __future__ import annotations

from pathlib import Path

from perf_pipeline.registers.declaration import Register, load_registers


def register_for_file(path: Path) -> Register | None:
    """Return the register whose label the file's name begins with, or else contains.

    支付台账.xlsx and 支付台账（1-6月）.csv are both the payment ledger; None where none fits.
    """
    by_length = sorted(load_registers(), key=lambda declared: -len(declared.label))
    for fits in (str.startswith, str.__contains__):
        for declared in by_length:
            if fits(path.stem, declared.label):
                return declared
    return None
