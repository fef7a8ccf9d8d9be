"""The runbook has an entry for each alert rule, error and job, and each entry is whole."""

import ast
import re
from importlib.resources import files
from pathlib import Path

import pytest
import yaml

from assets.definitions import defs

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("You see", "It means", "Do", "Over when")


def entries() -> dict[str, str]:
    """Each entry under its heading."""
    written = (ROOT / "docs" / "runbook.md").read_text("utf-8")
    found = re.split(r"^### (.+)$", re.sub(r"(?m)^## .*$", "", written), flags=re.MULTILINE)
    return dict(zip(found[1::2], found[2::2], strict=True))


ENTRIES = entries()
NAMED = {found[1] for heading in ENTRIES if (found := re.match(r"`(\w+)`", heading))}


def errors() -> set[str]:
    """Every class of ours that is an error, by the bases that it names."""
    bases: dict[str, set[str]] = {}
    for path in (ROOT / "perf_pipeline").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef):
                names = {base.id for base in node.bases if isinstance(base, ast.Name)}
                bases.setdefault(node.name, set()).update(names)
    known = {"Exception", "ValueError", "RuntimeError", "PerfPipelineError"}
    while more := {name for name, of in bases.items() if of & known} - known:
        known |= more
    return {name for name in known & set(bases) if not name.startswith("_")} - {"PerfPipelineError"}


def test_every_alert_rule_has_its_entry() -> None:
    rules = yaml.safe_load((files("perf_pipeline.alerts") / "rules.yaml").read_text("utf-8"))
    assert set(rules["rules"]) <= NAMED


def test_every_error_has_its_entry() -> None:
    found = errors()
    assert {"ConfigurationError", "Refused"} <= found
    assert found <= NAMED


def test_every_job_has_its_entry() -> None:
    jobs = {job.name for job in defs.resolve_all_job_defs() if not job.name.startswith("__")}
    assert jobs <= NAMED


@pytest.mark.parametrize("heading", ENTRIES)
def test_an_entry_says_what_is_seen_meant_done_and_when_it_is_over(heading: str) -> None:
    assert re.findall(r"^- \*\*(.+?)\*\*: \S", ENTRIES[heading], re.MULTILINE) == list(PARTS)
    assert re.search(r"[\u4e00-\u9fff]", heading)
