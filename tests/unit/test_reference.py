"""The reference pages are what the declarations and the code make."""

import re

import pytest

from perf_pipeline.language.spoken import CHINESE, ENGLISH, languages
from perf_pipeline.measures.audit_rules import AUDIT_RULES
from perf_pipeline.measures.catalogue import MEASURES, UNUSABLE
from perf_pipeline.registers.declaration import load_registers
from scripts.build_reference import SUFFIX, reference_pages, settings_fields
from scripts.reference.measures import measures_page
from tests.year import ROOT

OURS = re.compile("(?:[#]{1,2} |- )?[*\u3400-\u9fff]{2}.{9,}[。：；]")  # a sentence, no name
# in pages that people write: names of the field stay, at most as long as 项目支出绩效目标执行监控表
SENTENCE = re.compile("[\u3400-\u9fff][，；。：！？]+[\u3400-\u9fff]|[\u3400-\u9fff]{14,}")
MODULE = re.compile(r"`(?:\w+/)*(\w+\.py)`")
QUOTED = re.compile("^```.*?^```|^#.*?$|`[^`]*`|“[^”]*”|《[^》]*》", re.DOTALL | re.MULTILINE)
PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
    if not path.name.endswith(SUFFIX[CHINESE])
    and path.name != "registers.md"  # heads and examples of columns
)


@pytest.mark.parametrize("page", PAGES)
def test_an_english_page_has_no_chinese_sentence_of_ours(page: str) -> None:
    text = QUOTED.sub("", (ROOT / page).read_text("utf-8"))
    assert SENTENCE.findall(text) == []


@pytest.mark.parametrize("page", [page for page in PAGES if page != "docs/trust.md"])
def test_a_page_names_modules_that_there_are(page: str) -> None:
    tracked = ("perf_pipeline", "assets", "scripts", "tests")
    there = {path.name for folder in tracked for path in (ROOT / folder).rglob("*.py")}
    assert set(MODULE.findall((ROOT / page).read_text("utf-8"))) <= there


@pytest.mark.parametrize("language", languages())
def test_the_pages_are_up_to_date_in_each_language(language: str) -> None:
    for name, page in reference_pages(language).items():
        written = (ROOT / f"docs/{name}{SUFFIX.get(language, '.md')}").read_text("utf-8")
        assert written == page, f"{name}, run: make docs"


def test_each_line_of_ours_is_said_in_english() -> None:
    chinese, english = (reference_pages(each) for each in (CHINESE, ENGLISH))
    for name, page in chinese.items():
        lines = zip(page.splitlines(), english[name].splitlines(), strict=True)
        ours = [(mine, theirs) for mine, theirs in lines if OURS.match(mine)]
        assert ours
        assert [mine for mine, theirs in ours if mine == theirs] == [], name


def test_the_catalogue_gives_the_seven_answers_of_each_measure() -> None:
    page = measures_page(load_registers(), UNUSABLE, AUDIT_RULES)
    sections = page.split("\n### ")[1:]
    assert len(sections) == len(MEASURES)
    for section in sections:
        answers = ("计什么", "哪个日期", "年度口径", "检查点上", "还会怎样变", "能到多少", "怎么说")
        assert [f"\n- {each}" in section for each in answers] == [True] * len(answers)


def test_every_setting_says_what_it_is() -> None:
    assert [name for name, told, _ in settings_fields() if not told] == []


def test_every_measure_has_a_code_a_name_and_says_how_it_is_computed() -> None:
    assert len({each.code for each in MEASURES}) == len(MEASURES)
    assert all(each.label and each.description for each in MEASURES)
