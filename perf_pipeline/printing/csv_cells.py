"""Cells of a CSV that a spreadsheet opens: what it would take for a formula is written as text."""

from __future__ import annotations

import re

_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def harmless(cell: object) -> object:
    """Return a cell; a text that begins as a formula does, and is no number, behind a quote."""
    if not isinstance(cell, str) or not cell.startswith(_FORMULA_SIGNS) or _NUMBER.fullmatch(cell):
        return cell
    return f"'{cell}"
