"""Which register a file is, by its name."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from perf_pipeline.registers.declaration import Register, load_registers

LARGEST_FILE = 200 * 1024 * 1024
_KIND = re.compile("(?:台账|记录|说明|数据|表)$")
_TELLING = 4  # letters of a subject that is no other's: 信访事项, and not 合同


def register_for_file(path: Path) -> Register | None:
    """Return the register whose label the file's name begins with, or else contains.

    支付台账.xlsx and 支付台账（1-6月）.csv are both the payment ledger, and so is 支付明细.xlsx
    by what systems call their exports (`also_called`); 信访事项登记表 is the register of 信访事项.
    None where none fits.
    """
    return _named(path.stem.lower())


def subject_alone(path: Path, declared: Register) -> str | None:
    """Return the subject by which alone a file was taken for a register: 项目预算批复."""
    subject, stem = _KIND.sub("", declared.label), path.stem.lower()
    called = any(name.lower() in stem for name in (declared.label, *declared.also_called))
    return subject if subject.lower() in stem and not called else None


@lru_cache(maxsize=4_096)
def _named(stem: str) -> Register | None:
    registers = load_registers()
    labels = [(declared.label, declared) for declared in registers]
    others = [(name, declared) for declared in registers for name in declared.also_called]
    bare = [(_KIND.sub("", label), declared) for label, declared in labels]
    subjects = [(name, declared) for name, declared in bare if len(name) >= _TELLING]
    for names in (labels, others, subjects):
        by_length = sorted(names, key=lambda each: -len(each[0]))
        for fits in (str.startswith, str.__contains__):
            for name, declared in by_length:
                if fits(stem, name.lower()):
                    return declared
    return None
