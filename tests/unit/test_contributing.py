"""What CONTRIBUTING says of recipes and tests is there, in both languages; rules have tests."""

import re
from importlib import import_module
from pkgutil import iter_modules
from typing import get_args

import pytest

from perf_pipeline.alerts import channels
from perf_pipeline.alerts.channels import AnyChannel, Channel
from perf_pipeline.measures.audit_rules import AUDIT_RULES
from perf_pipeline.monitoring.recheck.indicator_rules import INDICATOR_RULES
from tests.year import ROOT

PAGES = {
    name: (ROOT / name).read_text("utf-8") for name in ("CONTRIBUTING.md", "CONTRIBUTING.zh-CN.md")
}
TESTS = {
    path.name: path.read_text("utf-8")
    for folder in ("unit", "integration", "browser")
    for path in (ROOT / "tests" / folder).glob("test_*.py")
}


def named(page: str) -> list[str]:
    """Return the tests that a page names, files and functions, in its order."""
    return re.findall(r"`(test_\w+(?:\.py)?)`", page)


def test_both_languages_name_the_same_tests() -> None:
    english, chinese = map(named, PAGES.values())
    assert english == chinese
    assert len(english) > 20


@pytest.mark.parametrize("name", sorted(set(named(PAGES["CONTRIBUTING.md"]))))
def test_a_test_that_is_named_is_there(name: str) -> None:
    assert name in TESTS or any(f"def {name}(" in text for text in TESTS.values())


@pytest.mark.parametrize("name", PAGES)
def test_a_command_that_is_named_is_a_target(name: str) -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M)
    assert set(re.findall(r"`make ([a-z-]+)`", PAGES[name])) <= set(targets)


@pytest.mark.parametrize("code", [rule.code for rule in (*AUDIT_RULES, *INDICATOR_RULES)])
def test_every_rule_is_named_by_a_test(code: str) -> None:
    """Those of the review are held by test_every_rule_finds_something_in_the_faults."""
    assert any(f'"{code}"' in text for text in TESTS.values())


def test_every_channel_can_be_configured() -> None:
    """A class that is not among AnyChannel is one that no alerts.yaml can name."""
    for module in iter_modules(channels.__path__, f"{channels.__name__}."):
        import_module(module.name)  # one that nothing imports is not seen otherwise
    union, discriminator = get_args(AnyChannel)
    waiting, made = [Channel], set()
    while waiting:
        of = waiting.pop()
        waiting += of.__subclasses__()
        made |= set() if of.__abstractmethods__ else {of}
    ours = {each for each in made if each.__module__.startswith("perf_pipeline.")}
    assert ours == set(get_args(union))
    assert discriminator.discriminator == "kind"
