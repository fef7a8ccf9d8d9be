"""What a run prints: a few departments one by one, many as counts and the worst ten."""

import io
from dataclasses import replace
from datetime import date

from perf_pipeline.items.board import ItemLine
from perf_pipeline.items.state import State
from perf_pipeline.language.spoken import SpokenConsole, speaking
from perf_pipeline.overview import Overview
from perf_pipeline.printing.overview import overview_dict, print_overview


def overview(departments: int, *places: str) -> Overview:
    """A made-up year in which department n has n indicators missed and the odd ones a red light."""
    judgements = [
        {
            "department": f"第{nth:03d}局",
            "quarter": quarter,
            "spending": [
                {
                    "project_name": f"项目{nth}",
                    "light": "red" if nth % 2 else "green",
                    "actual_bp": 5_000,
                    "planned_bp": 7_000,
                    "deviation_bp": -2_000,
                }
            ],
            "indicators": [{"status": "missed"}] * nth + [{"status": "met"}],
        }
        for nth in range(1, departments + 1)
        for quarter in ("2024-03", "2024-06")
    ]
    return Overview(
        projects=departments,
        project_indicators=0,
        department_indicators=0,
        files=[],
        quarantined=[],
        judgements=judgements,
        history=[],
        items=[
            ItemLine(nth, place, "预算执行", State.OPENED, date(2024, 7, 20), "", "2024-06", ())
            for nth, place in enumerate(places, 1)
        ],
        alerts=0,
        new_alerts=0,
        newly_unread=0,
        points=(),
    )


def printed(departments: int, *places: str) -> list[str]:
    return lines_of(overview(departments, *places))


def lines_of(told: Overview) -> list[str]:
    console = SpokenConsole(file=io.StringIO(), width=120)
    print_overview(console, told, 2024)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


def test_a_few_departments_are_printed_one_by_one() -> None:
    said = "\n".join(printed(3))
    assert all(f"第{nth:03d}局 │ 项目{nth}" in said for nth in (1, 2, 3))
    assert "最需要关注的部门，3 个" in said
    assert "最需要关注" not in "\n".join(printed(1))


def test_the_newest_quarter_comes_first_and_an_older_one_is_one_line() -> None:
    lines = printed(3)
    newest, older = (
        next(n for n, line in enumerate(lines) if line.startswith(quarter))
        for quarter in ("2024-06", "2024-03")
    )
    assert newest < older
    assert lines[older] == "2024-03　项目：● 正常 1，● 预警 2；指标：已达标 3，未达标 6"
    assert sum("2024-03" in line for line in lines) == 1
    with speaking("en"):
        assert "2024-03  Projects: ● On plan 1, ● Alert 2; indicators: Met 3, Missed 6" in printed(
            3
        )


def test_a_department_that_came_late_makes_no_older_quarter_the_newest() -> None:
    told = overview(2)
    late = replace(told, judgements=told.judgements[1:])  # it stands first, by its code
    first = next(line for line in lines_of(late) if line.startswith("2024-"))
    assert first.startswith("2024-06")


def test_where_nothing_is_astray_no_department_needs_most_attention() -> None:
    told = overview(2)
    for judged in told.judgements:
        judged.update(spending=[], indicators=[{"status": "met"}])
    assert "最需要关注的部门" not in "\n".join(lines_of(told))


def test_many_departments_are_counted_and_the_worst_ten_named() -> None:
    lines = printed(300)
    said = "\n".join(lines)
    assert len(lines) < 40
    assert "部门 300 个" in said
    named = [nth for nth in range(1, 301) if f"第{nth:03d}局" in said]
    assert named == list(range(281, 301, 2))  # red, and most missed


def test_an_item_names_its_office_where_there_are_several() -> None:
    of_one = "\n".join(printed(1, "甲局／项目甲", "甲局"))
    assert "｜项目甲：预算执行" in of_one
    assert "甲局／项目甲" not in of_one
    of_two = "\n".join(printed(2, "甲局／项目甲", "乙局／项目甲"))
    assert "｜甲局／项目甲：预算执行" in of_two
    assert "｜乙局／项目甲：预算执行" in of_two
    with speaking("en"):
        said = "\n".join(printed(2, "甲局／项目甲", "乙局／项目甲"))
    assert "甲局／项目甲: spending" in said
    assert "乙局／项目甲: spending" in said


def test_as_json_there_are_counts_a_quarter() -> None:
    told = overview_dict(overview(4))
    assert told["quarters"][1] == {
        "quarter": "2024-06",
        "lights": {"red": 2, "green": 2},
        "statuses": {"missed": 10, "met": 4},
    }
