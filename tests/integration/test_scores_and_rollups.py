"""A year's scores and a quarter's totals, from the shipped files, on both databases."""

import json
import os
import shutil
from collections import defaultdict
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from sqlalchemy import Engine, func, select

from perf_pipeline.domain.errors import ConfigurationError, NothingJudgedError
from perf_pipeline.domain.organisation import Organisation
from perf_pipeline.domain.scoring import ScoringRules
from perf_pipeline.monitoring.rollup import read_rollup, roll_up_quarter
from perf_pipeline.monitoring.self_evaluation import evaluate_year, read_scores
from perf_pipeline.monitoring.status import read_status
from perf_pipeline.settings import Settings
from perf_pipeline.warehouse.schema import rollup_result
from tests import commands
from tests.kept import empty_warehouse
from tests.year import DATA, DEPARTMENT, QUARTERS, judge, judged_year, take_everything_in

pytestmark = pytest.mark.long(20)

YEAR_END = QUARTERS[-1]
CODES = (DEPARTMENT, "qujiang-zhengfawei", "xian-xinfangju")
ORGANISATION = Organisation.model_validate(
    {
        "departments": [
            {"code": CODES[0], "name": "政法委", "district": "高新区", "city": "西安市"},
            {"code": CODES[1], "name": "政法委", "district": "曲江新区", "city": "西安市"},
        ]
    }
)


@pytest.fixture
def judged(engine: Engine) -> Engine:
    judged_year(engine, YEAR_END.name)
    return engine


def several_departments(folder: Path) -> Path:
    """An inbox in which three departments handed in the same files."""
    for code in CODES:
        shutil.copytree(DATA / "2024" / DEPARTMENT, folder / "2024" / code)
    shutil.copy(DATA / "calendar.yaml", folder)
    return folder


def test_a_year_that_was_not_judged_is_not_scored(engine: Engine) -> None:
    with pytest.raises(NothingJudgedError, match="2024-12"):
        evaluate_year(engine, YEAR_END, ScoringRules())
    with pytest.raises(NothingJudgedError, match="2024-12"):
        roll_up_quarter(engine, YEAR_END, None)


def test_the_shipped_year_scores_as_worked_out_by_hand(judged: Engine) -> None:
    assert [each.is_new for each in evaluate_year(judged, YEAR_END, ScoringRules())] == [True]
    assert [each.is_new for each in evaluate_year(judged, YEAR_END, ScoringRules())] == [False]
    (department,) = [each.to_dict() for each in read_scores(judged, YEAR_END)]
    projects = {each["project_name"]: each for each in department["projects"]}
    # 雪亮工程: all met but 工程质量完好率, one of five outputs: 10 points × (94.46 % ÷ 95 %)
    xueliang = projects["雪亮工程二期尾款及维修保养项目"]
    rows = {each["name"]: each for each in xueliang["results"]}
    assert rows["工程质量完好率"]["score_centi"] == 994
    assert rows["工程质量完好率"]["arithmetic"].endswith("10分×(94.46%÷95%)＝9.94分")
    assert (xueliang["score_centi"], xueliang["grade"]) == (9994, "优")
    # 活动次数: 52 against at least 3; far beyond 130 %, so a fifth less
    rows = {each["name"]: each for each in projects["综治重点工作经费"]["results"]}
    assert (rows["活动次数"]["verdict"], rows["活动次数"]["score_centi"]) == ("over_fulfilled", 666)
    for project in projects.values():
        assert sum(each["points_centi"] for each in project["results"]) == 10_000
        assert sum(each["score_centi"] for each in project["results"]) == project["score_centi"]
    weighed = sum(each["score_centi"] * each["budget_fen"] for each in projects.values())
    budget = sum(each["budget_fen"] for each in projects.values())
    assert department["budget_fen"] == budget
    # of 100 points 60 are the projects' by budget, 40 those of the department's own indicators
    own = department["results"]
    assert sum(each["points_centi"] for each in own) == 4_000
    assert all(each["score_centi"] == 0 for each in own if each["name"] == "重新犯罪")
    earned = sum(each["score_centi"] for each in own)
    assert abs((department["score_centi"] - earned) * budget - Fraction(6, 10) * weighed) <= budget


def test_rules_of_another_place_make_a_new_version(judged: Engine) -> None:
    evaluate_year(judged, YEAR_END, ScoringRules())
    (again,) = evaluate_year(judged, YEAR_END, ScoringRules(over_most_bp=0))
    assert (again.version, again.is_new) == (2, True)


def test_totals_of_several_departments_are_the_sums_of_their_results(
    engine: Engine, tmp_path: Path
) -> None:
    take_everything_in(engine, several_departments(tmp_path / "inbox"))
    judge(engine, YEAR_END.name)
    assert roll_up_quarter(engine, YEAR_END, ORGANISATION) == (1, True)
    assert roll_up_quarter(engine, YEAR_END, ORGANISATION) == (1, False)
    found = read_rollup(engine, YEAR_END, "petition_on_time_closing", 10)
    units = {(str(each.level), each.unit): each.figures for each in found.units}
    by_hand: dict[str, int] = defaultdict(int)
    for each in read_status(engine, YEAR_END):
        for line in each["spending"]:
            by_hand["paid_fen"] += line["paid_fen"]
            by_hand["budget_fen"] += line["budget_fen"]
            by_hand["projects"] += 1
            by_hand[f"light_{line['light']}"] += 1
        for line in each["indicators"]:
            by_hand["indicators"] += 1
            by_hand[f"status_{line['status']}"] += 1
    whole = units["all", "全部"]
    assert {name: whole[name][0] for name in by_hand} == by_hand
    assert units["city", "西安市"]["paid_fen"][0] * 3 == by_hand["paid_fen"] * 2
    assert units["district", "高新区"]["paid_fen"][0] * 3 == by_hand["paid_fen"]
    assert units["district", "未列入机构表"]["projects"] == (4, None)
    above, below = whole["petition_on_time_closing"]
    one = units["district", "曲江新区"]["petition_on_time_closing"]
    assert below is not None
    assert (above, below) == (one[0] * 3, (one[1] or 0) * 3)
    # three alike: their intervals are one, so nobody is ranked
    league = next(each for each in found.leagues if each.level == "department")
    assert "相互重叠" in league.reason
    assert [row.rank for row in league.rows] == [None, None, None]
    assert roll_up_quarter(engine, YEAR_END, None) == (2, True)  # other parts, another version
    with engine.connect() as connection:
        assert connection.scalar(select(func.max(rollup_result.c.version))) == 2


def test_money_is_not_ranked_as_if_it_were_cases(judged: Engine) -> None:
    roll_up_quarter(judged, YEAR_END, None)
    for figure in ("execution_rate", "paid_fen", "nonsense"):
        with pytest.raises(ConfigurationError, match="不能排名"):
            read_rollup(judged, YEAR_END, figure, 10)


def test_the_organisation_is_read_from_the_inbox_and_a_wrong_one_is_named(tmp_path: Path) -> None:
    settings = Settings(inbox=tmp_path)
    assert settings.organisation() is None
    file = tmp_path / "organisation.yaml"
    member = "{code: 001, name: 甲局, district: 东区, city: 甲市}"
    file.write_text(f"departments:\n  - {member}\n", "utf-8")
    read = settings.organisation()
    assert read is not None
    assert [each.city for each in read.departments] == ["甲市"]
    for wrong in (f"departments:\n  - {member}\n  - {member}\n", "departments: [", "x: 1"):
        file.write_text(wrong, "utf-8")
        with pytest.raises(ConfigurationError, match=r"organisation\.yaml"):
            settings.organisation()


def test_the_command_line_tells_versions_locks_scores_and_totals(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "PERF_WAREHOUSE_URL": f"sqlite:///{tmp_path / 'warehouse.db'}",
        "PERF_OUTPUT": str(tmp_path / "out"),
    }
    engine = empty_warehouse(environment["PERF_WAREHOUSE_URL"])
    judged_year(engine)

    call = partial(commands.call, environment)

    def told(*arguments: str) -> Any:
        done = call(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    assert told("diff", "--quarter", "2024-06")[0]["from"] is None
    pages = call("diff", "--quarter", "2024-06", "--out", str(tmp_path / "pages")).stdout
    assert "只有第1版，没有重述" in pages
    (page,) = (tmp_path / "pages").rglob("*重述*.html")
    assert "模拟数据" in page.read_text("utf-8")
    assert "已关账（第1版）" in call("close", "--quarter", "2024-03", "--by", "张三").stdout
    assert told("status", "--quarter", "2024-03")[0]["closed"] is True
    assert "已关账" in call("status", "--quarter", "2024-03").stdout
    refused = call("reopen", "--quarter", "2024-03", "--reason", " ")
    assert refused.returncode == 2
    assert "理由" in refused.stderr
    assert "重新开账" in call("reopen", "--quarter", "2024-03", "--reason", "补记").stdout
    assert told("score")[0]["projects"][0]["results"]
    assert "算式" in call("score", "--year", "2024").stdout
    written = call("score", "--year", "2024", "--out", str(tmp_path / "forms"), "--zip").stdout
    assert [path.name for path in map(Path, written.splitlines()[-3:])] == [
        "项目支出绩效自评表-信访维稳经费.xlsx",
        f"2024年绩效自评表-{DEPARTMENT}.zip",
        "2024年绩效自评表-全部部门.zip",
    ]
    assert all(Path(line).is_file() for line in written.splitlines()[-3:])
    alone = call("score", "--zip")
    assert alone.returncode == 2
    assert "--out" in alone.stderr
    monitored = call("report", "--quarter", "2024-12", "--out", str(tmp_path / "forms"), "--zip")
    assert "2024-12-执行监控表-全部部门.zip" in monitored.stdout
    assert {each["level"] for each in told("rollup", "--quarter", "2024-12")["units"]} == {
        *("department", "all")
    }
    assert "排名" in call("rollup", "--quarter", "2024-12").stdout


def test_the_year_end_job_scores_a_year(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path / 'warehouse.db'}"
    monkeypatch.setenv("PERF_WAREHOUSE_URL", url)
    monkeypatch.setenv("PERF_OUTPUT", str(tmp_path / "out"))
    engine = empty_warehouse(url)
    judged_year(engine, YEAR_END.name)
    from assets.definitions import defs
    from assets.resources import Pipeline
    from assets.run import QUIET

    with dg.DagsterInstance.ephemeral() as instance:
        result = defs.resolve_job_def("year_end").execute_in_process(
            instance=instance,
            partition_key="2024",
            run_config=QUIET,
            resources={"pipeline": Pipeline()},
        )
    assert result.success
    assert len(read_scores(engine, YEAR_END)) == 1
    forms = tmp_path / "out" / "reports" / DEPARTMENT / "2024"
    assert len(list(forms.glob("项目支出绩效自评表-*.xlsx"))) == 4
    assert (forms / "部门整体支出绩效自评表.xlsx").is_file()
