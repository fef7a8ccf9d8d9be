"""Lists as offices hand them in over a year: without some columns, a file each half-year, twice."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, select

from perf_pipeline.domain.calendar import FiscalCalendar
from perf_pipeline.measures.case_flow import case_flow
from perf_pipeline.measures.case_limits import open_cases
from perf_pipeline.measures.catalogue import measure
from perf_pipeline.measures.compute import figure_query
from perf_pipeline.quality.doubles import cases_kept_twice
from perf_pipeline.quality.open_points import Open, open_points
from perf_pipeline.warehouse.departures import confirm, note_departures
from perf_pipeline.warehouse.loading import load_register
from perf_pipeline.warehouse.outcomes import FileOutcome
from perf_pipeline.warehouse.schema import indicator, project, source_file
from tests.kept import empty_warehouse

CALENDAR = FiscalCalendar((3, 6, 9, 12))
YEAR = CALENDAR.checkpoints(2024)[-1]
Figure = tuple[int, int] | None


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return empty_warehouse(f"sqlite:///{tmp_path / 'warehouse.db'}")


def hand_in(engine: Engine, inbox: Path, name: str, lines: str, register: str) -> list[FileOutcome]:
    folder = inbox / "2024" / "bureau" / "registers"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.csv").write_text(lines.replace(" ", "\n"), "utf-8")
    return list(load_register(engine, inbox, register))


def figure(engine: Engine, code: str) -> Figure:
    with engine.connect() as connection:
        rows = connection.execute(figure_query(measure(code), YEAR)).all()
    return (rows[0].numerator, rows[0].denominator) if rows else None


HEAD = "信访编号,收到日期,受理日期,办结日期,延期天数,群众评价"
CLOSING, ACCEPTANCE = "petition_on_time_closing", "petition_on_time_acceptance"


@pytest.mark.parametrize(
    ("register", "lines", "figures"),
    [
        (
            "petition_case",
            "信访编号,收到日期,办结日期,群众评价 1,2024-01-05,2024-02-01,满意 2,2024-02-01,,",
            {"petition_satisfaction": (1, 1), ACCEPTANCE: None, CLOSING: None},
        ),
        (
            "petition_case",
            "信访编号,收到日期,受理日期,群众评价 1,2024-01-05,2024-01-07,满意 2,2024-02-01,,",
            {"petition_satisfaction": None, ACCEPTANCE: (1, 2), CLOSING: None},
        ),
        (  # whoever is late may have been granted days
            "petition_case",
            "信访编号,收到日期,受理日期,办结日期 1,2024-01-05,2024-01-07,2024-03-25",
            {ACCEPTANCE: (1, 1), CLOSING: None},
        ),
        (  # here nobody is
            "petition_case",
            "信访编号,收到日期,受理日期,办结日期 1,2024-01-05,2024-01-07,2024-02-25",
            {ACCEPTANCE: (1, 1), CLOSING: (1, 1)},
        ),
        (  # nor is anybody of those that have a limit
            "petition_case",
            "信访编号,收到日期,事项类别,受理日期,办结日期"
            " 1,2024-01-05,建议意见,2024-01-07,2024-06-25"
            " 2,2024-01-05,申诉求决,2024-01-07,2024-02-25",
            {CLOSING: (1, 1)},
        ),
        (
            "fixed_asset",
            "资产编号,资产名称,取得日期,原值,购置批准文号,领用日期 1,a,2024-02-01,5,批1,2024-02-01",
            {"asset_acquisition_approved": (1, 1), "asset_in_use": None},
        ),
        (
            "mediation_case",
            "案件编号,受理日期,结案日期,群众评价 1,2024-02-01,2024-02-11,满意",
            {"mediation_satisfaction": (1, 1), "mediation_resolution_rate": None},
        ),
        (
            "device_inspection",
            "设备编号,巡检日期,是否在线 1,2024-11-01,是 2,2024-11-01,否",
            {"device_online_rate": (1, 2), "device_intact_rate": None},
        ),
    ],
)
def test_what_a_list_does_not_tell_waits_and_the_rest_counts(
    engine: Engine, tmp_path: Path, register: str, lines: str, figures: dict[str, Figure]
) -> None:
    labels = {"petition_case": "信访事项台账", "fixed_asset": "固定资产台账"}
    labels |= {"mediation_case": "人民调解案件台账", "device_inspection": "设备巡检记录"}
    [loaded] = hand_in(engine, tmp_path, labels[register], lines, register)
    assert (loaded.outcome, loaded.rows_quarantined) == ("loaded", 0)
    assert any("等补上再算" in each for each in loaded.notices)
    assert {code: figure(engine, code) for code in figures} == figures


def test_nobody_is_overdue_of_whose_cases_the_day_is_not_told(
    engine: Engine, tmp_path: Path
) -> None:
    lines = "信访编号,收到日期,受理日期 1,2024-01-05,2024-01-07 2,2024-02-01,"
    hand_in(engine, tmp_path, "信访事项台账", lines, "petition_case")
    with engine.connect() as connection:
        listed = connection.execute(open_cases(YEAR, YEAR.ends_on)).all()
        flow = connection.execute(case_flow(YEAR.of_departments(frozenset({1})))).all()
    assert [(each.case_key, each.label) for each in listed] == [("2", "受理")]
    assert [(each.label, each.entered, each.overdue) for each in flow] == [("受理", 2, 1)]


JUNE = f"{HEAD} 1,2024-02-01,2024-02-05,2024-03-10,,满意 2,2024-05-20,2024-05-25,,,"
YEARS = f"{HEAD} 1,2024-02-01,2024-02-05,2024-03-10,,满意 2,2024-05-20,2024-05-25,2024-07-10,,满意"
OTHERS = f"{HEAD} 2,2024-06-20,2024-06-25,,,"  # another case of that number


@pytest.mark.parametrize(
    ("files", "closed", "told"),
    [
        ((("6月", JUNE), ("12月", YEARS)), (2, 2), "内容不同"),
        ((("12月", YEARS), ("6月", JUNE)), (2, 2), "1行没有“办结日期”，而别的文件里已有"),
        ((("12月", YEARS), ("12月", JUNE)), (1, 2), ""),  # corrected by its own office
        ((("12月", YEARS), ("别处", OTHERS)), (1, 2), "内容不同"),
    ],
)
def test_a_case_that_is_over_is_not_open_again_by_an_older_export(
    engine: Engine,
    tmp_path: Path,
    files: Sequence[tuple[str, str]],
    closed: Figure,
    told: str,
) -> None:
    for name, lines in files:
        outcomes = hand_in(engine, tmp_path, f"信访事项台账{name}", lines, "petition_case")
    assert figure(engine, CLOSING) == closed
    said = [words for each in outcomes for words in each.notices]
    assert any(told in words for words in said)


SEPTEMBERS = YEARS.replace("2024-07-10,,满意", "2024-07-10,,")


@pytest.mark.parametrize(
    ("files", "closed"),
    [
        ((("12月", YEARS), ("6月", JUNE)), (1, 2)),  # June alone says that one is open
        ((("12月", YEARS), ("6月", YEARS), ("6月", JUNE)), (1, 2)),
        ((("9月", SEPTEMBERS), ("12月", YEARS), ("6月", JUNE)), (2, 2)),
    ],
)
def test_what_an_older_export_says_holds_where_the_newer_is_withdrawn(
    engine: Engine, tmp_path: Path, files: Sequence[tuple[str, str]], closed: Figure
) -> None:
    for name, lines in files:
        hand_in(engine, tmp_path, f"信访事项台账{name}", lines, "petition_case")
    path = "2024/bureau/registers/信访事项台账12月.csv"
    (tmp_path / path).unlink()
    note_departures(engine, tmp_path)
    confirm(engine, path, withdrawn=True, person="某人")
    assert figure(engine, CLOSING) == closed


@pytest.mark.parametrize(("received", "twice"), [("2024-02-01", True), ("2024-02-02", False)])
def test_cases_that_two_systems_number_each_their_way_are_asked(
    engine: Engine, tmp_path: Path, received: str, twice: bool
) -> None:
    for name, day in (("省", "2024-02-01"), ("县", received)):
        rows = (f"{name}{n},{day},{day},2024-0{n}-10,,满意" for n in (3, 4))
        lines = " ".join((HEAD, *rows))
        hand_in(engine, tmp_path, f"信访事项台账{name}", lines, "petition_case")
    with engine.connect() as connection:
        assert len(list(cases_kept_twice(connection))) == twice


NOT_THERE, OF_A, OF_B = "绩效目标里没有", "是项目“甲”的", "是项目“乙”的"


@pytest.mark.parametrize(
    ("register", "said", "told"),
    [
        ("reported_value", "甲,,培训", "有2个指标“培训”"),
        ("reported_value", ",,宣传", None),
        ("reported_value", "甲,,宣传", NOT_THERE),
        ("reported_value", ",,培训", OF_A),
        ("reported_value", "甲,,演练", OF_B),
        ("reported_value", "甲,一科,培训", NOT_THERE),  # its project stands there
        ("indicator_measure", "甲,,培训#2", None),  # as the template calls the second one
        ("indicator_measure", ",一科,宣传", None),
        ("indicator_measure", ",,宣传", NOT_THERE),  # the map names the section, too
    ],
)
def test_a_name_of_no_indicator_is_told_and_a_right_one_is_not(
    engine: Engine, tmp_path: Path, register: str, said: str, told: str | None
) -> None:
    hand_in(engine, tmp_path, "信访事项台账", JUNE, "petition_case")
    keys = ("甲｜｜培训", "甲｜｜培训#2", "乙｜｜演练", "｜一科｜宣传")
    with engine.begin() as connection:
        file = connection.execute(select(source_file)).one()
        of = {"department_id": file.department_id, "fiscal_year": 2024, "source_file_id": file.id}
        for ordinal, key in enumerate(keys):
            whose, section, name = key.partition("#")[0].split("｜")
            placed = {"project_name": whose or None, "section": section or None, "name": name}
            row = {**of, "row_key": key, "ordinal": ordinal}
            connection.execute(insert(indicator).values(**row, **placed))
            if whose and "#" not in key:
                connection.execute(insert(project).values(**row | {"row_key": whose}, name=whose))
    head, rest = {
        "reported_value": ("截至日期,完成值,填报人", "2024-03-31,3次,某"),
        "indicator_measure": ("度量,年内表现", "reported,累计"),
    }[register]
    label = {"reported_value": "人工填报指标值", "indicator_measure": "指标与度量对照表"}[register]
    lines = f"项目名称,分项工作,指标名称,{head} {said},{rest}"
    *_, loaded = hand_in(engine, tmp_path, label, lines, register)
    assert (loaded.outcome, loaded.rows_quarantined) == ("loaded", 0)
    with engine.connect() as connection:
        points = [p.finding for p in open_points(connection) if p.kind is Open.NO_ITEM]
    assert [told in each for each in points if told] == [True] * bool(told)
    assert bool(points) == bool(told)


def test_lists_of_towns_that_settle_cases_each_day_are_no_doubles(
    engine: Engine, tmp_path: Path
) -> None:
    for town, most in (("东城", 3), ("西城", 4)):  # so many cases a day, settled at once
        numbered = ((day, n) for day in range(1, 29) for n in range(1 + (day * most) % 5))
        days = ((f"{town}{day}-{n}", f"2024-03-{day:02}") for day, n in numbered)
        rows = (f"{number},{town},{day},{day},满意" for number, day in days)
        lines = " ".join(("案件编号,镇（办）,受理日期,结案日期,群众评价", *rows))
        hand_in(engine, tmp_path, f"人民调解案件台账{town}", lines, "mediation_case")
    with engine.connect() as connection:
        assert list(cases_kept_twice(connection)) == []


@pytest.mark.parametrize(
    ("cases", "known"),
    [
        ("1,2023-01-05,2023-02-01", (1, 1)),  # over, so that nothing of it is asked this year
        ("1,2023-01-05,", None),
        ("1,2023-12-20,2024-01-20", None),
        ("1,2023-12-25,2023-12-28", None),  # was it accepted before the year began?
    ],
)
def test_last_years_list_is_waited_for_while_a_case_of_it_runs(
    engine: Engine, tmp_path: Path, cases: str, known: Figure
) -> None:
    folder = tmp_path / "2023" / "bureau" / "registers"
    folder.mkdir(parents=True)
    (folder / "信访事项台账.csv").write_text(f"信访编号,收到日期,办结日期\n{cases}\n", "utf-8")
    lines = f"{HEAD} 9,2024-02-01,2024-02-05,2024-03-10,,满意"
    hand_in(engine, tmp_path, "信访事项台账", lines, "petition_case")
    assert figure(engine, ACCEPTANCE) == known
