"""Who hands in the value of an indicator need not also say, in the map, that it is handed in."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from perf_pipeline.measures.coverage import mapped_indicators
from perf_pipeline.monitoring.status import read_status
from tests.grids import word
from tests.offices import FORM
from tests.year import judge, take_everything_in

ROUNDS, ANSWERED = "巡查次数", "信访按期办结率"
HEAD = "项目名称,指标名称,截至日期,完成值"
DUE = "产出指标 | 时效指标 | 完工时间 | 全年 | 2024年11月底前\n"


@pytest.mark.on_sqlite
def test_a_reported_value_is_judged_unless_the_map_names_a_measure(
    engine: Engine, tmp_path: Path
) -> None:
    folder = tmp_path / "2024" / "streets"
    (folder / "targets").mkdir(parents=True)
    (folder / "registers").mkdir()
    (tmp_path / "calendar.yaml").write_text("checkpoint_months: [3, 6, 10, 12]\nfirst_year: 2024\n")
    form = FORM.format(project="街道巡查", rounds=12) + DUE
    word(
        folder / "targets/目标.docx",
        "街道办2024年度部门绩效目标",
        "编制单位：街道办",
        "项目绩效目标表",
        form,
    )
    hands = {
        "人工填报指标值": (
            HEAD,
            f"街道巡查,{ROUNDS},2024-06-30,5次",
            f"街道巡查,{ROUNDS},2024-10-31,13次",
            f"街道巡查,{ANSWERED},2024-10-31,96%",
            "街道巡查,完工时间,2024-10-31,未完工",
        ),
        "指标与度量对照表": ("项目名称,指标名称,度量", f"街道巡查,{ANSWERED},按期办结率"),
    }
    for label, lines in hands.items():
        (folder / f"registers/{label}.csv").write_text("\n".join(lines), "utf-8")
    take_everything_in(engine, tmp_path)
    judge(engine)
    told = {
        (judged["quarter"], each["name"]): (each["measure"], each["status"], each["reason"])
        for judged in read_status(engine)
        for each in judged["indicators"]
    }
    assert told["2024-06", ROUNDS][:2] == ("reported", "behind")
    assert told["2024-10", ROUNDS] == (
        "reported",
        "met",
        "实际13次，达到目标（≥12次）",
    )
    assert told["2024-10", ANSWERED][:2] == ("petition_on_time_closing", "no_data")
    assert told["2024-10", "完工时间"][1:] == ("not_due", "完成期限未到（2024-11-30）")
    with engine.connect() as connection:
        fed = {each.name: each.uncovered for each in mapped_indicators(connection)}
    assert fed == {ROUNDS: False, ANSWERED: False, "完工时间": False}
