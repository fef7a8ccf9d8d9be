"""Rows hashed together have the hashes that each has alone: older seals stay true."""

from datetime import date
from decimal import Decimal
from hashlib import sha256
from itertools import product

import pytest

from perf_pipeline.warehouse.seals.hashing import row_digest, row_digests

PLAIN: list[object] = [
    None,
    "",
    0,
    -1,
    -(2**63),
    2**70,
    True,
    1.5,
    '"',
    "\\n",
    "\0",
    "\n",
    "甲😀\u2028\ud800",
]
# what another way put into a row: what looks like the end of one, and what no text is
ODD: list[object] = ["]\n[", "]\0[", "], [", b"]\n[", [[1], [2]], [], {"a": [1]}]
ODD += [date(2024, 1, 2), Decimal("1.10")]


@pytest.mark.parametrize("width", [0, 1, 2])
def test_rows_hashed_together_have_each_its_own_hash(width: int) -> None:
    for cells in (PLAIN, PLAIN + ODD):
        rows = [*product(cells, repeat=width)]
        alone = [row_digest(row) for row in rows]
        assert row_digests(rows) == alone
        assert [row_digests([row])[0] for row in rows] == alone
    assert row_digests([]) == []


def test_a_row_is_hashed_as_the_json_that_is_published() -> None:
    spelled = [b'[1, null, "", "\\u7532\\n", -5]', b'[2, null, "]\\n[", "2024-01-02", 0]']
    rows = [(1, None, "", "甲\n", -5), (2, None, "]\n[", "2024-01-02", 0)]
    assert row_digests(rows) == [sha256(each).digest() for each in spelled]
