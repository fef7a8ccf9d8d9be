"""Raised digits (上标): 10⁴ is no 104, and a note's number behind an amount is no digit of it."""

from __future__ import annotations

import unicodedata

SMALL = ("superscript", "subscript")  # how Office names what is raised and lowered
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_KINDS = ("<super>", "<sub>", "<circle>", "<fraction>", "<compat>")


def raised_behind(before: str, text: str) -> str:
    """Spell what a file shows raised or lowered behind a text: behind a digit by raised digits.

    1000m with a raised 2 stays m2, as everybody writes it; 95 with a raised 2 is 95², no 952.
    """
    return text.translate(_RAISED) if before[-1:].isdigit() else text


def has_raised_digit(text: str) -> bool:
    """Tell whether a text holds a small or circled digit, or a fraction: 10², 95①, 1½."""
    return not text.isascii() and any(map(_is_raised, text))


def _is_raised(sign: str) -> bool:
    return sign.isnumeric() and unicodedata.decomposition(sign).startswith(_KINDS)
