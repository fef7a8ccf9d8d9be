"""Alerts from the outlook: what is hardly reached any more, and what has moved away."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from perf_pipeline.alerts.configuration import AlertConfiguration, load_configuration
from perf_pipeline.alerts.raising import raise_alerts
from perf_pipeline.alerts.stored import Alert, open_alerts
from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.outlook import OutlookLimits
from perf_pipeline.warehouse.engine import write_transaction
from perf_pipeline.warehouse.history import write_by_department
from perf_pipeline.warehouse.schema import department, outlook
from tests.integration.test_departments import document, load
from tests.year import CALENDAR

Q1, Q2, _, Q4 = CALENDAR.checkpoints(2024)
PROJECT = "城管局的项目"


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Engine:
    document(tmp_path, "chengguan", "城管局")
    load(engine, tmp_path)
    return engine


def foretell(
    engine: Engine,
    checkpoint: Checkpoint,
    bp: int,
    method: str = "first_year",
    point: int | None = None,
) -> None:
    """Write the outlook of the department's project: how likely it is, in basis points."""
    row = {
        "subject": "spending",
        "subject_key": PROJECT,
        "project_name": PROJECT,
        "probability_bp": bp,
        "likelihood": str(OutlookLimits().likelihood(bp)),
        "method": method,
        "point": point,
        "measured_in": "fen",
        "reason": "按支出计划推算",
    }
    with write_transaction(engine) as connection:
        number = connection.execute(department.select()).one().id
        rows = {outlook: [{"department_id": number, **row}]}
        write_by_department(connection, "outlook", checkpoint, [(checkpoint, rows)])


def told(tmp_path: Path, written: str = "{}") -> AlertConfiguration:
    (tmp_path / "alerts.yaml").write_text(written, "utf-8")
    return load_configuration(tmp_path)


def raised(
    engine: Engine, checkpoint: Checkpoint, configuration: AlertConfiguration
) -> dict[str, Alert]:
    moment = datetime(2024, 7, 5, tzinfo=UTC)
    new = raise_alerts(engine, checkpoint, configuration, newest=False, moment=moment)
    return {each.rule: each for each in new if each.rule.startswith("outlook")}


def test_what_can_hardly_be_reached_is_told_with_its_chance_and_why(
    office: Engine, tmp_path: Path
) -> None:
    foretell(office, Q1, 60)
    (alert,) = raised(office, Q1, told(tmp_path)).values()
    assert (alert.rule, alert.level) == ("outlook_unlikely", "impossible")
    assert alert.place == f"城管局／{PROJECT}"
    assert alert.gap == "完成目标的可能性不到1%（完全不可能）"
    assert (alert.since, alert.evidence) == ("3月底", "按支出计划推算")


def test_what_may_be_reached_is_told_where_the_configuration_asks_for_it(
    office: Engine, tmp_path: Path
) -> None:
    foretell(office, Q1, 5_000)
    assert raised(office, Q1, told(tmp_path)) == {}
    own = """rules:
      outlook_unlikely:
        label: 年底难以完成
        levels: [impossible, possible]
        advice: {impossible: 调整, possible: 落实措施}
    """
    (alert,) = raised(office, Q1, told(tmp_path, own)).values()
    assert (alert.level, alert.gap) == ("possible", "完成目标的可能性50%（有可能）")


def test_an_outlook_that_fell_since_the_last_checkpoint_has_worsened(
    office: Engine, tmp_path: Path
) -> None:
    foretell(office, Q1, 9_600, point=95_004_999)
    foretell(office, Q2, 6_000, point=90_000_000)
    alert = raised(office, Q2, told(tmp_path))["outlook_worse"]
    assert alert.gap == "完成目标的可能性由96%变为60%：预计全年由95.00万元变为90.00万元"
    assert raised(office, Q1, told(tmp_path)) == {}


def test_an_outlook_that_fell_since_the_version_before_has_worsened(
    office: Engine, tmp_path: Path
) -> None:
    for bp in (9_000, 4_000):
        foretell(office, Q1, bp)
    assert raised(office, Q1, told(tmp_path))["outlook_worse"].gap.startswith(
        "完成目标的可能性由90%变为40%"
    )


def test_a_small_step_down_or_a_step_up_is_nothing_to_tell(office: Engine, tmp_path: Path) -> None:
    foretell(office, Q1, 8_000)
    foretell(office, Q2, 6_001)
    assert raised(office, Q2, told(tmp_path)) == {}
    assert set(raised(office, Q2, told(tmp_path, "worse_by_bp: 1999"))) == {"outlook_worse"}
    foretell(office, Q2, 9_000)
    raised(office, Q2, told(tmp_path))
    assert open_alerts(office) == []


def test_at_year_end_nothing_is_foretold_any_more(office: Engine, tmp_path: Path) -> None:
    foretell(office, Q1, 9_000)
    foretell(office, Q4, 0, method="fact")
    assert raised(office, Q4, told(tmp_path)) == {}
