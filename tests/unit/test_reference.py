"""The reference pages are what the declarations and the code make."""

import pytest

from perf_pipeline.language.spoken import languages
from perf_pipeline.measures.audit_rules import AUDIT_RULES
from perf_pipeline.measures.catalogue import MEASURES, UNUSABLE
from perf_pipeline.measures.reference import measures_page
from perf_pipeline.registers.declaration import load_registers
from perf_pipeline.registers.reference import registers_page
from perf_pipeline.warehouse.reference import read_queries, warehouse_page
from perf_pipeline.warehouse.star import AREAS
from scripts.build_reference import SUFFIX, commands_page, settings_fields, settings_page
from tests.year import ROOT


def test_the_page_of_registers_is_up_to_date() -> None:
    assert (ROOT / "docs/registers.md").read_text("utf-8") == registers_page(load_registers()), (
        "run: make docs"
    )


def test_the_catalogue_of_measures_is_up_to_date() -> None:
    page = measures_page(load_registers(), UNUSABLE, AUDIT_RULES)
    assert (ROOT / "docs/measures.md").read_text("utf-8") == page, "run: make docs"


def test_the_catalogue_gives_the_seven_answers_of_each_measure() -> None:
    page = measures_page(load_registers(), UNUSABLE, AUDIT_RULES)
    sections = page.split("\n### ")[1:]
    assert len(sections) == len(MEASURES)
    for section in sections:
        answers = ("计什么", "哪个日期", "年度口径", "检查点上", "还会怎样变", "能到多少", "怎么说")
        assert [f"\n- {each}" in section for each in answers] == [True] * len(answers)


def test_the_page_of_the_warehouse_is_up_to_date() -> None:
    page = warehouse_page(AREAS, read_queries(ROOT / "docs/queries"))
    assert (ROOT / "docs/warehouse.md").read_text("utf-8") == page, "run: make docs"


@pytest.mark.parametrize("language", languages())
def test_the_pages_of_commands_and_settings_are_up_to_date(language: str) -> None:
    for name, page in (("commands", commands_page), ("settings", settings_page)):
        written = (ROOT / f"docs/{name}{SUFFIX.get(language, '.md')}").read_text("utf-8")
        assert written == page(language), "run: make docs"


def test_every_setting_says_what_it_is() -> None:
    assert [name for name, told, _ in settings_fields() if not told] == []


def test_every_measure_has_a_code_a_name_and_says_how_it_is_computed() -> None:
    assert len({each.code for each in MEASURES}) == len(MEASURES)
    assert all(each.label and each.description for each in MEASURES)
