"""Published forms, transcribed as published (`published_forms/`, each with its source).

First line: office, form, year, province; second: title; then the table, drawn as in tests.grids.
At first sight 37 of 37 rows were read with name and value, and one row was invented: the second
heading of a form with two goals (年度绩效目标2), mended since.
"""

from pathlib import Path

import pytest

from perf_pipeline.documents.extract import extract_document
from perf_pipeline.domain.target import TargetKind
from tests.grids import MAKERS, grid

FORMS = sorted((Path(__file__).parent / "published_forms").glob("*.txt"))


def drawn_rows(drawing: str) -> list[tuple[str, str]]:
    """Return the names and values that the drawing holds, by the columns its heading names."""
    cells = grid(drawing)
    found: list[tuple[str, str]] = []
    columns: tuple[int, int] | None = None
    for row in cells:
        heads = [n for n, text in enumerate(row) if text.startswith(("三级指标", "指标内容"))]
        if heads:
            name = heads[-1]
            columns = (name, name + 1)
        elif columns is not None and len(row) > columns[1] and row[columns[0]] not in ("", "<"):
            found.append((row[columns[0]], row[columns[1]]))
    return found


@pytest.mark.parametrize("suffix", MAKERS)
@pytest.mark.parametrize("form", FORMS, ids=lambda path: path.stem)
def test_published_forms_are_read_whole(tmp_path: Path, form: Path, suffix: str) -> None:
    _source, title, drawing = form.read_text("utf-8").split("\n", 2)
    document = extract_document(MAKERS[suffix](tmp_path / f"表{suffix}", title, drawing))
    found = [(i.level3, i.raw_value) for p in document.projects for i in p.indicators]
    assert found == drawn_rows(drawing)
    assert document.rows.not_understood == 0
    numbers = [i for p in document.projects for i in p.indicators if "%" in i.raw_value]
    assert all(i.target.kind is TargetKind.NUMBER for i in numbers)
