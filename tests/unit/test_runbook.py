"""The runbook has an entry for each alert rule, error and job, and each entry is whole."""

import ast
import re
from importlib.resources import files
from pathlib import Path

import pytest
import yaml

from assets.definitions import defs

ROOT = Path(__file__).resolve().parents[2]
PARTS = {
    "runbook.md": ("You see", "It means", "Do", "Over when"),
    "runbook.zh-CN.md": ("看到什么", "是什么意思", "怎么办", "怎样算完"),
}


def entries(name: str) -> dict[str, str]:
    """Each entry under its heading."""
    written = (ROOT / "docs" / name).read_text("utf-8")
    found = re.split(r"^### (.+)$", re.sub(r"(?m)^## .*$", "", written), flags=re.MULTILINE)
    return dict(zip(found[1::2], found[2::2], strict=True))


ENTRIES = {name: entries(name) for name in PARTS}
HEADINGS = list(ENTRIES["runbook.md"])
NAMED = {found[1] for heading in HEADINGS if (found := re.match(r"`(\w+)`", heading))}


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


@pytest.mark.parametrize("name", PARTS)
@pytest.mark.parametrize("heading", HEADINGS)
def test_an_entry_says_what_is_seen_meant_done_and_when_it_is_over(heading: str, name: str) -> None:
    entry = ENTRIES[name][heading]
    assert re.findall(r"^- \*\*(.+?)\*\*[:：] ?\S", entry, re.MULTILINE) == list(PARTS[name])
    assert re.search(r"[\u4e00-\u9fff]", heading)


def test_both_languages_have_the_same_entries() -> None:
    assert list(ENTRIES["runbook.zh-CN.md"]) == HEADINGS
