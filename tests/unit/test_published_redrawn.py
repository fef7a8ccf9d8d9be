"""Published forms under changed headings are read or told; `python -m tests.redrawing` for all."""

from tests.redrawing import WAYS, accounts, published, redrawn
from tests.redrawing import read as read_drawing

FEWEST = 98  # of a hundred rows read or told
EVERY = 11  # the share of forms and ways drawn here


def test_published_forms_under_changed_headings_are_read_or_told() -> None:
    drawn = list(accounts(published(), lambda n: WAYS[n % EVERY :: EVERY]))
    assert {each.way for each in drawn} == set(WAYS)
    assert [each for each in drawn if each.wrong] == []
    assert 100 * sum(e.good for e in drawn) >= FEWEST * sum(e.rows for e in drawn)


def test_a_change_is_drawn() -> None:
    form = published()[0]
    assert all(redrawn(form.cells, way) != form.cells for way in ("removed", "renamed 3"))
    assert read_drawing(form, form.cells, loose=False)[0]
