"""A spending plan by template takes the document's place, project by project, and says so."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from perf_pipeline.quality.open_points import Open, open_points
from perf_pipeline.warehouse.departures import confirm
from perf_pipeline.warehouse.plan_entries import plan_shares
from perf_pipeline.warehouse.schema import spending_plan
from tests.year import DATA, DEPARTMENT, take_everything_in

NAME = "信访维稳经费"
ENTRIES = f"2024/{DEPARTMENT}/registers/资金支出计划表.csv"


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    copied = tmp_path / "inbox"
    shutil.copytree(DATA, copied)
    return copied


def hand_in(inbox: Path, *shares: tuple[str, str]) -> None:
    lines = [f"{NAME},{day},{share}" for day, share in shares]
    text = "\n".join(["项目名称,截至日期,累计支出比例", *lines, ""])
    (inbox / ENTRIES).write_text(text, "utf-8")


def plan_of(engine: Engine, name: str = NAME) -> list[tuple[str, int]]:
    with engine.connect() as connection:
        query = (
            select(spending_plan.c.due_on, spending_plan.c.share_bp)
            .where(spending_plan.c.project_name == name, spending_plan.c.closed_by_id.is_(None))
            .order_by(spending_plan.c.due_on)
        )
        return [(day.isoformat()[5:], share) for day, share in connection.execute(query)]


def notices(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return [p.finding for p in open_points(connection) if p.kind is Open.NOTICE]


def test_the_table_replaces_the_documents_plan_of_its_projects_and_says_so(
    engine: Engine, inbox: Path
) -> None:
    take_everything_in(engine, inbox)
    document = plan_of(engine)
    other = plan_of(engine, "综治重点工作经费")
    assert len(document) == 4
    hand_in(inbox, ("2024-06-30", "40%"), ("2024-09-30", "70%"), ("2024-12-31", "100%"))
    for _ in range(3):  # reading the document again does not bring its plan back
        take_everything_in(engine, inbox)
        assert plan_of(engine) == [("06-30", 4000), ("09-30", 7000), ("12-31", 10000)]
    assert plan_of(engine, "综治重点工作经费") == other
    assert f"项目“{NAME}”以本表的支出计划为准，不用绩效目标文件里的" in notices(engine)

    hand_in(inbox, ("2024-06-30", "45%"), ("2024-12-31", "100%"))
    take_everything_in(engine, inbox)
    assert plan_of(engine) == [("06-30", 4500), ("12-31", 10000)]

    (inbox / ENTRIES).unlink()
    take_everything_in(engine, inbox)
    confirm(engine, ENTRIES, withdrawn=True, person="王某")
    take_everything_in(engine, inbox)
    assert plan_of(engine) == document


def test_a_plan_that_falls_or_stops_short_is_not_taken_and_told(
    engine: Engine, inbox: Path
) -> None:
    take_everything_in(engine, inbox)
    document = plan_of(engine)
    hand_in(inbox, ("2024-06-30", "40%"), ("2024-12-31", "90%"))
    take_everything_in(engine, inbox)
    assert plan_of(engine) == document
    assert any("应为100%，现为90%" in notice for notice in notices(engine))


@pytest.mark.parametrize(
    ("written", "shares"),
    [
        (["20%", "50%", "100%"], [2000, 5000, 10000]),
        (["20", "50", "100"], [2000, 5000, 10000]),
        (["0.2", "0.5", "1"], [2000, 5000, 10000]),
        (["12.5%", "100％"], [1250, 10000]),
        (["0", "0", "100"], [0, 0, 10000]),
        (["100"], [10000]),
    ],
)
def test_shares_are_read_as_a_plan_writes_them(written: list[str], shares: list[int]) -> None:
    assert plan_shares(written) == (shares, None)


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        (["50%", "20%", "100%"], "不能下降"),
        (["50%", "99%"], "应为100%"),
        (["一半", "100%"], "“一半”不是"),
        (["50%", "150%"], "“150%”不是"),
        (["-5%", "100%"], "“-5%”不是"),
    ],
)
def test_what_is_no_plan_is_told(written: list[str], fault: str) -> None:
    shares, told = plan_shares(written)
    assert shares == []
    assert fault in (told or "")
