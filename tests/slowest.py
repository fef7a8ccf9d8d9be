"""Lists the tests that take the most processor time: `pytest -p tests.slowest`, with `-n` or not.

Counted are the worker's own time and that of processes that it has waited for, set-up included; the
clock tells of the machine's other work too. Services that are killed are not counted.
"""

import os
from collections import Counter

import pytest

SHOWN = 20
NAME = "processor_seconds"
_last = 0.0


def _used() -> float:
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def pytest_sessionstart() -> None:
    """Count from here: what was imported is nobody's."""
    global _last
    _last = _used()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> object:
    """Note what a part of a test has used since the part before."""
    global _last
    now = _used()
    item.user_properties = [(NAME, now - _last)]
    _last = now
    return (yield)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Add up the parts of each test, and list the slowest."""
    spent: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, seconds in getattr(report, "user_properties", ()):
                spent[report.nodeid] += seconds if name == NAME else 0
    terminalreporter.section(f"{SHOWN} slowest, in processor seconds of {sum(spent.values()):.0f}")
    for test, seconds in spent.most_common(SHOWN):
        terminalreporter.write_line(f"{seconds:8.1f}  {test}")
