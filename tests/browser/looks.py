"""What tests look at on any page: its sentences in both languages, its screen, its print."""

from __future__ import annotations

import io
from unicodedata import normalize

import pdfplumber
from playwright.sync_api import Page

from tests.own_words import HAN, without


def changed_whole(page: Page, names: list[str]) -> int:
    """Count the sentences of a page, which stand in its other language as all its words do.

    Of what is marked nothing is Chinese but names and quotations, whoever said it first.
    """
    told = page.locator("body [data-said]").evaluate_all(
        "all => all.map(each => [each.textContent, each.dataset.said])"
    )
    assert [shown for shown, said in told if shown != said] == []
    words = page.locator("[data-t]").all_text_contents()
    assert len(words) > 300
    assert [word for word in words if HAN.search(without(names, word))] == []
    return len({said for _, said in told})


def bottom(page: Page, what: str) -> float:
    box = page.locator(what).bounding_box()
    assert box is not None
    return box["y"] + box["height"]


def printed(page: Page) -> tuple[str, tuple[int, int]]:
    with pdfplumber.open(io.BytesIO(page.pdf(prefer_css_page_size=True))) as pdf:
        text = "".join(each.extract_text() for each in pdf.pages)
        text = normalize("NFKC", text)  # fonts map some characters to radicals that look alike
        return text, (round(pdf.pages[0].width), round(pdf.pages[0].height))
