"""Put small faults into the functions that decide, one at a time; tell those that no test notices.

    python -m scripts.mutants [PART-OF-A-NAME …]

The faults are mutmut's. They are tried in this process, on a copy of the library, by calling the
unit tests that stand beside the modules below, those that need no fixture, until one fails. What
is decided on import (patterns, tables of words) and functions with a decorator are not changed.
"""

import contextlib
import importlib
import inspect
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from mutmut.mutation.file_mutation import mutate_file_contents

LIBRARY = "perf_pipeline"
TESTED_BY = {
    "tests.unit.test_values_in_sentences tests.unit.test_target_grammar": (
        "domain/target_grammar/*.py",
        "domain/numerals.py",
    ),
    "tests.unit.test_money": ("domain/money.py",),
    "tests.unit.test_units": ("domain/share.py",),
    "tests.unit.test_time_limits": ("domain/time_limits.py",),
    "tests.unit.test_attainment tests.unit.test_scoring tests.unit.test_scores_of_odd_years "
    "tests.unit.test_scoring_oracle": ("domain/scoring.py", "monitoring/attainment.py"),
    "tests.unit.test_cells_at_limits tests.unit.test_cells": ("registers/cells.py",),
}
NAMED = "MUTANT_UNDER_TEST"  # the environment tells the copy which fault is in force
SECONDS = 60  # of the processor, for all tests of a fault: a loop that does not end is noticed
Check = Callable[[], object]


class TooLong(BaseException):
    """A fault made a loop endless."""


def put_in(library: Path, patterns: tuple[str, ...]) -> list[str]:
    """Write every fault into a copy of the library, none in force; return their names."""
    names = []
    for pattern in patterns:
        found = sorted(library.glob(pattern))
        assert found, f"{pattern}: no such module"
        for path in found:
            inside = Path(LIBRARY, path.relative_to(library))
            mutated = mutate_file_contents(str(inside), path.read_text("utf-8"))
            path.write_text(mutated.code, "utf-8")
            module = ".".join(inside.with_suffix("").parts)
            names += [f"{module}.{name}" for name in mutated.mutant_names]
    return names


def checks(modules: str) -> list[Check]:
    """Return the calls of modules' tests, each of its examples; drawn examples come last."""
    tests = [
        test
        for module in modules.split()
        for name, test in vars(importlib.import_module(module)).items()
        if name.startswith("test_") and "takes_no_longer" not in name
    ]
    tests.sort(key=lambda test: hasattr(test, "hypothesis"))
    return [check for test in tests for check in _calls(test)]


def _calls(test: Callable[..., object]) -> Iterator[Check]:
    marks = [m for m in getattr(test, "pytestmark", ()) if m.name == "parametrize"]
    asked = set(inspect.signature(test).parameters)
    if not marks and not asked:
        yield test
    if len(marks) != 1:
        return
    names, examples = marks[0].args[:2]
    single = isinstance(names, str) and "," not in names
    names = [n.strip() for n in names.split(",")] if isinstance(names, str) else list(names)
    for example in examples if asked == set(names) else ():
        inner = example.values if isinstance(example, type(pytest.param())) else example
        values = (inner,) if single and inner is example else inner
        yield partial(test, **dict(zip(names, values, strict=True)))


def is_noticed(fault: str, by: list[Check]) -> bool:
    """Put a fault in force; tell whether a test fails, or does not end."""
    os.environ[NAMED] = fault
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    try:
        for check in by:
            check()
    except (Exception, TooLong, pytest.fail.Exception):
        return True
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        os.environ[NAMED] = ""
    return False


def _stop(*_: object) -> None:
    raise TooLong


def main(wanted: list[str]) -> None:
    """Try every fault; print those that survive, and how many were noticed, test by test."""
    os.environ[NAMED] = ""
    signal.signal(signal.SIGVTALRM, _stop)
    settings.register_profile("the same each time", deadline=None, derandomize=True, database=None)
    settings.load_profile("the same each time")
    with TemporaryDirectory() as folder:
        library = Path(folder) / LIBRARY
        shutil.copytree(LIBRARY, library)
        put = {module: put_in(library, patterns) for module, patterns in TESTED_BY.items()}
        sys.path.insert(0, folder)
        for module, faults in put.items():
            chosen = [f for f in faults if not wanted or any(each in f for each in wanted)]
            if not chosen:
                continue
            by = checks(module)
            assert not is_noticed("", by), f"{module} fails without any fault"
            with contextlib.redirect_stdout(sys.stderr):
                survived = [fault for fault in chosen if not is_noticed(fault, by)]
            for fault in survived:
                print("survived", fault, flush=True)
            print(f"{module}: {len(chosen) - len(survived)} of {len(chosen)} noticed", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
