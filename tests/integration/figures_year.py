"""The shipped year with all that is written of it, and ways to take one column for another.

For the tests of one figure: each file of them has the same folder, which is made once.
"""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from sqlalchemy import Engine, Text, insert

from perf_pipeline.domain.recheck import RecheckRules
from perf_pipeline.monitoring.recheck.recheck_year import recheck_year
from perf_pipeline.reports.evaluated_year import load_years
from perf_pipeline.reports.query import load_reports
from perf_pipeline.reports.self_evaluation_form import self_evaluation_form
from perf_pipeline.reports.write import write_quarter
from perf_pipeline.warehouse.derived import Adjustment
from perf_pipeline.warehouse.engine import write_transaction
from perf_pipeline.warehouse.judgements import spending_result
from perf_pipeline.warehouse.known import checkpoint_id_of, newest_results
from perf_pipeline.warehouse.result import Result, Show
from tests.figure_places import PLACES
from tests.figure_workbooks import write_evaluations
from tests.figure_writings import AT, NOTHING, Said, Truth
from tests.integration.test_recheck_year import inflate
from tests.integration.warehouse_year import fill
from tests.kept import empty_warehouse, stand
from tests.year import QUARTERS

Files = dict[str, bytes]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the judged year and its reports."""
    folder = tmp_path_factory.mktemp("written")
    engine = empty_warehouse(f"sqlite:///{folder / 'warehouse.db'}")
    files: Files = stand(engine, "figures-year", lambda made: write_all(made, folder / "made"))
    engine.dispose()
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def write_all(engine: Engine, folder: Path) -> Files:
    """Fill an empty warehouse, and write all outputs; return the files by their paths."""
    fill(engine, folder / "reports")
    keep_an_adjustment(engine)
    write_quarter(engine, AT, folder / "reports")
    hand_in_an_inflated_form(engine, folder / "evaluated")
    recheck_year(engine, folder / "evaluated", QUARTERS[-1], RecheckRules(), seed=1, size=2)
    write_evaluations(engine, folder)
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


@pytest.fixture
def tampered(written: Path, tmp_path: Path) -> Path:
    """A copy of it to tamper with."""
    return Path(copytree(written, tmp_path / "tampered"))


@pytest.fixture(scope="module")
def said_everywhere(written: Path) -> dict[str, Said]:
    """What each place says of the judged year."""
    return {name: place.read(written) for name, place in PLACES.items()}


def keep_an_adjustment(engine: Engine) -> None:
    """Keep what late data would change in a checkpoint before the one that is reported on."""
    with write_transaction(engine) as connection:
        at = checkpoint_id_of(connection, AT.name)
        assert at is not None
        judged = connection.execute(newest_results(spending_result, "monitoring", at)).first()
        assert judged is not None
        texts = {"closed_text": "1.00元", "known_text": "3.00元", "difference_text": "+2.00元"}
        connection.execute(
            insert(Adjustment.table).values(
                snapshot_id=judged.snapshot_id,
                quarter=QUARTERS[0].name,
                closed_version=7,
                part="spending",
                subject_key="信访维稳经费",
                project_name="信访维稳经费",
                name="支出",
                closed_numerator=100,
                closed_denominator=1,
                known_numerator=300,
                known_denominator=2,
                closed_judgement="green",
                known_judgement="red",
                sources='{"rows": [], "beyond": 2}',
                **texts,
            )
        )


def hand_in_an_inflated_form(engine: Engine, inbox: Path) -> None:
    """Hand in a project's self-evaluation that gives everything its full marks."""
    with engine.connect() as connection:
        (year,) = load_years(engine, QUARTERS[-1], load_reports(connection, QUARTERS[-1]))
    folder = inbox / "2024" / year.report.department_code / "evaluations"
    folder.mkdir(parents=True)
    name = "社会治安保险"
    (folder / "自评表.xlsx").write_bytes(inflate(self_evaluation_form(year, name)))


def swap(monkeypatch: pytest.MonkeyPatch, of: type[Result], one: str, other: str) -> None:
    """Let the reader of a result take each of two filled columns for the other."""
    plain = Result.__dict__["of"].__func__

    def confused(cls: type[Result], values: Any, **more: Any) -> Result:
        if issubclass(cls, of) and None not in (values[one], values[other]):
            values = {**values, one: values[other], other: values[one]}
        found: Result = plain(cls, values, **more)
        return found

    monkeypatch.setattr(Result, "of", classmethod(confused))


def places_of(found: list[str]) -> set[str]:
    return {each.partition("：")[0] for each in found}


# BI views are made by the database itself
WRITTEN = {name: place for name, place in PLACES.items() if name != "BI 视图"}


def of_columns(found: list[str], of: type[Result], pair: list[str]) -> list[str]:
    marks = [(f"table='{of.table.name}'", f"column='{column}'") for column in pair]
    return [each for each in found if any(all(m in each for m in mark) for mark in marks)]


def shown_in(
    said_everywhere: dict[str, Said], of: type[Result], pair: list[str], truth: Truth
) -> set[str]:
    """Return the places that must notice it: they show one of the two where they differ."""
    swapped = {id for id, row in truth.rows[of.table.name].items() if unlike(row, *pair)}
    return {
        name
        for name in WRITTEN.keys() - spared(of, pair)
        if any(
            figure.table == of.table.name
            and figure.column in pair
            and figure.id in swapped
            and text not in NOTHING
            for figure, text in said_everywhere[name]
        )
    }


def spared(of: type[Result], pair: list[str]) -> set[str]:
    """Return the places in which a swap need make nothing wrong, though it may.

    The forms compute a share from its parts themselves, and in the Word report sentences follow
    one another.
    """
    told = [of.columns[column] for column in pair]
    form = {"监控表"} if any(each.form and each.exactly for each in told) else set()
    return form | ({"Word 报告"} if all(each.show is Show.SENTENCE for each in told) else set())


def alike(
    of: type[Result], rows: list[dict[str, Any]], *, codes: bool = False
) -> Iterator[tuple[str, str]]:
    """Pair each column with the next of its kind whose values are others.

    Texts for programs (codes, JSON) are left out unless asked for: a sentence in their place stops
    the writing.
    """
    kinds: dict[type, list[str]] = {}
    coded = {name for row in rows for name, value in row.items() if str(value)[:1] == "["}
    for name, column in of.table.c.items():
        for_people = codes or (name in of.columns and of.columns[name].show is not Show.DATA)
        text = isinstance(column.type, Text)
        if name in of.columns and name not in {*of.words, *coded} and (for_people or not text):
            kinds.setdefault(type(column.type), []).append(name)
    for names in kinds.values():
        for one, other in pairwise(names):
            if any(unlike(row, one, other) for row in rows):
                yield one, other


def unlike(row: dict[str, Any], *pair: str) -> bool:
    """Tell whether both columns of a row are filled, with different values."""
    one, other = (row[column] for column in pair)
    return None not in (one, other) and bool(one != other)


Swap = tuple[type[Result], str, str]


def without_common_columns(swaps: list[Swap]) -> list[list[Swap]]:
    """Share swaps out among lists in which no column stands twice: they can be made at once.

    Texts are swapped one pair at a time: a figure in a sentence is found by that sentence.
    """
    texts = [each for each in swaps if isinstance(each[0].table.c[each[1]].type, Text)]
    lists: list[list[Swap]] = []
    for swap in swaps:
        of, *pair = swap
        taken = ({(o, column) for o, *p in each for column in p} for each in lists)
        free = (not {(of, column) for column in pair} & columns for columns in taken)
        if swap not in texts:
            at = next((nth for nth, is_free in enumerate(free) if is_free), len(lists))
            lists[at : at + 1] = [[*(lists[at] if at < len(lists) else ()), swap]]
    return [*lists, *([each] for each in texts)]
