"""Reported years by the kinds of `docs/decisions/judgement.md`, with the answers that are right."""

from pathlib import Path

import pytest

from tests.unit.test_judgement_siblings import year

ROWS = [
    line.split("\t")
    for line in Path(__file__).with_name("judgement_kinds.tsv").read_text("utf-8").splitlines()
    if not line.startswith("#")
][1:]


def report(text: str) -> tuple[str, ...]:
    """What was said on a day, and what it states: `03-31 2件 本期数`."""
    return tuple(text.strip().split(" "))


@pytest.mark.parametrize(("kind", "name", "target", "reports", "right"), ROWS)
def test_a_reported_year_is_judged_as_its_kind(
    kind: str, name: str, target: str, reports: str, right: str
) -> None:
    found = year(target, *map(report, reports.split(";")), name=name)  # type: ignore[arg-type]
    assert found["status"] in right.split("|"), f"{kind}: {found['reason']}"
