"""What pages hold hundreds of times, written without a template: as escaped as a template's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from lxml import html

from perf_pipeline.domain.status import Status
from perf_pipeline.reports import page_rows
from perf_pipeline.reports.page_words import page_with, page_words, said_beside, spoken_clauses
from perf_pipeline.warehouse.result import Show
from tests.unit.test_report_lines import indicator, spending

HOSTILE = "<b onclick='x'>&\"</b>"
ROWS = {
    "spending": (spending(), ("cells", "facts", "why")),
    "indicator": (indicator(), ("told_cells", "facts", "why", "indicator_name", "indicator_row")),
}
MORE = {"facts": ("FACT",), "indicator_row": (("3月底",), HOSTILE)}


@pytest.mark.parametrize("kind", ROWS)
def test_no_text_of_a_row_becomes_markup(kind: str) -> None:
    row, writers = ROWS[kind]
    texts = [
        name
        for name, of in row.columns.items()
        if name not in row.words and of.show in (Show.KEY, Show.SENTENCE)
    ]
    assert {"reason", "note", "cause", "cause_words", "cause_measures", "hint"} <= set(texts)
    words: dict[str, Any] = dict.fromkeys(texts, HOSTILE) | {"history": (None,)}
    hostile = replace(row, **words)
    for writer in writers:
        written = getattr(page_rows, writer)(hostile, *MORE.get(writer, ()))
        assert "<b onclick" not in written
        assert not html.fragment_fromstring(f"<div>{written}</div>").xpath("//*[@onclick]")


def test_a_checkpoint_without_a_judgement_says_so() -> None:
    written = page_rows.strip((None, Status.MET), ("3月底", "6月底"))
    assert html.fragment_fromstring(written).text_content() == "–3月底 没有评价6月底 已达标"


CLAUSES = (
    "与“信访按期办结率”（档案经费）是同一数字，该处目标为“≥95%”，判为未达标",
    "按信访渠道，差得最多的是来信46.67%（14/30）、网上62.50%（15/24）",
    "到年底比计划少支付224.57万元",
)


@pytest.mark.parametrize("one", CLAUSES)
@pytest.mark.parametrize("other", [*CLAUSES, "无人懂的一句", "<i>"])
def test_clauses_are_said_as_the_whole_is(one: str, other: str) -> None:
    text = f"{one}；{other}"
    with page_with(page_words()):
        span = html.fragment_fromstring(spoken_clauses(text))
    assert span.get("data-said") == said_beside(text)
    assert span.text_content() == text
