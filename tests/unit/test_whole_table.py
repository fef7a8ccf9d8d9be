"""Judged rows by column are spelled as JSON spells each row alone, whatever its cells are."""

import json
from datetime import date
from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from perf_pipeline.warehouse.schema import measure_value
from perf_pipeline.warehouse.whole_table import Judged, WholeTable

CELLS = st.none() | st.booleans() | st.integers() | st.text() | st.dates() | st.just([1, "二"])
# of columns of one kind, as judged rows have them, and of any: 1 and true are equal
COLUMNS = st.sampled_from([st.text(), st.integers(), st.booleans(), st.dates(), CELLS]).flatmap(
    lambda of: st.lists(of | st.none(), min_size=4, max_size=4)
)


def alone(row: dict[str, object]) -> str:
    return json.dumps(row, ensure_ascii=False, default=date.isoformat)


@given(st.fixed_dictionaries(dict.fromkeys(("measure", "numerator", "project_name"), COLUMNS)))
def test_each_row_is_spelled_as_json_spells_it_alone(columns: dict[str, list[object]]) -> None:
    rows = [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]
    owned = [{**row, "department_id": of} for row, of in zip(rows, (7, 9, 9, 9), strict=True)]
    parts = {7: owned[:1], 8: [], 9: owned[1:]}
    judged: dict[int, Judged] = {of: {measure_value: mine} for of, mine in parts.items()}
    whole = WholeTable.of(measure_value, judged)
    said = list(whole.spelled(()))
    expected = [{name: row[name] for name in sorted(columns)} for row in rows]
    assert said == [*zip([7, 9, 9, 9], map(alone, expected), strict=True)]
    for row in expected:
        del row["numerator"]
    assert [row for _, row in whole.spelled({"numerator"})] == [*map(alone, expected)]


def test_of_objects_the_columns_of_the_table_are_taken_and_no_others() -> None:
    names = [each.name for each in measure_value.c if each.name not in ("id", "snapshot_id")]
    row = {**dict.fromkeys(names), "measure": "m", "numerator": 3}
    seen = SimpleNamespace(**row, department_id=1, light="red")
    [(of, said)] = WholeTable.of(measure_value, {1: {measure_value: [seen]}}).spelled(())
    assert (of, json.loads(said)) == (1, row)
