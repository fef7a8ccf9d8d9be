"""A pattern that few use is compiled when one does."""

import re

import pytest

from perf_pipeline.domain.patterns import compiled_later


def test_a_pattern_is_compiled_when_it_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled, compile_now = list[str](), re.compile

    def noted(pattern: str) -> re.Pattern[str]:
        compiled.append(pattern)
        return compile_now(pattern)

    monkeypatch.setattr(re, "compile", noted)
    pattern = compiled_later("(?P<of>[甲乙])丙")
    assert pattern.pattern == "(?P<of>[甲乙])丙"
    assert compiled == []
    found = pattern.search("丁乙丙")
    assert found is not None
    assert found["of"] == "乙"
    assert pattern.sub("", "甲丙乙丙") == ""
    assert compiled == [pattern.pattern]
