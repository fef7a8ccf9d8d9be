"""Several departments in one inbox: each speaks for itself, and none stops another."""

import os
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from perf_pipeline.alerts.stored import open_alerts
from perf_pipeline.last_run import _contents
from perf_pipeline.reports.write import write_quarter
from perf_pipeline.warehouse.inbox import TARGETS, inbox_files
from perf_pipeline.warehouse.loading import load_register, refuse_unmatched
from perf_pipeline.warehouse.outcomes import FileOutcome
from perf_pipeline.warehouse.schema import department, indicator_result, snapshot
from perf_pipeline.warehouse.targets import load_targets
from tests.grids import word
from tests.year import CALENDAR, judge, take_everything_in

NAMES = {"chengguan": "城管局", "minzheng": "民政局"}
FORM = """
项目名称 | {project} | < | <
资金总额（万元） | 100 | < | <
绩效目标 | 做好{project}。 | < | <
一级指标 | 二级指标 | 三级指标 | 指标值
产出指标 | 数量指标 | 巡查次数 | ≥12次
"""


def document(inbox: Path, code: str, name: str, file: str = "绩效目标.docx") -> Path:
    """A department's target document, laid into a folder."""
    folder = inbox / "2024" / code / "targets"
    folder.mkdir(parents=True, exist_ok=True)
    form = FORM.format(project=f"{name}的项目")
    title = f"{name}2024年度部门绩效目标"
    return word(folder / file, title, f"编制单位：{name}", "项目绩效目标表", form)


def load(engine: Engine, inbox: Path, registered: dict[str, str] | None = None) -> list[str]:
    """What became of each file, in a word, and its reason."""

    def told(each: FileOutcome) -> str:
        return f"{each.department} {each.outcome} {each.reason or ''}".strip()

    return [told(each) for each in load_targets(engine, inbox, registered)]


def test_a_document_of_another_department_is_refused_where_names_are_registered(
    engine: Engine, tmp_path: Path
) -> None:
    document(tmp_path, "chengguan", "民政局")
    document(tmp_path, "minzheng", "民政局")
    refused, loaded = load(engine, tmp_path, NAMES)
    assert "文件是“民政局”（minzheng）的，却放在chengguan的文件夹里" in refused
    assert loaded == "minzheng loaded"


def test_what_departments_handed_in_before_tells_whose_a_name_is(
    engine: Engine, tmp_path: Path
) -> None:
    for code, name in NAMES.items():
        document(tmp_path, code, name)
    assert load(engine, tmp_path) == ["chengguan loaded", "minzheng loaded"]
    document(tmp_path, "chengguan", "民政局", "绩效目标（补充）.docx")
    assert any("refused" in each for each in load(engine, tmp_path))


def test_a_document_once_in_the_wrong_folder_does_not_claim_the_name(
    engine: Engine, tmp_path: Path
) -> None:
    document(tmp_path, "chengguan", "民政局")
    assert load(engine, tmp_path) == ["chengguan loaded"]
    document(tmp_path, "minzheng", "民政局")
    assert load(engine, tmp_path)[1] == "minzheng loaded"
    document(tmp_path, "chengguan", "城管局")
    assert load(engine, tmp_path)[0] == "chengguan loaded"


def test_no_folder_leads_into_another_department_s(tmp_path: Path) -> None:
    theirs = document(tmp_path, "minzheng", "民政局")
    own = document(tmp_path, "chengguan", "城管局")
    (own.parent / "别人的.docx").symlink_to(theirs)
    plain = [file.path for file in inbox_files(tmp_path, TARGETS) if file.is_plain]
    assert plain == [own, theirs]


@pytest.mark.on_sqlite
def test_a_department_s_broken_document_stops_nobody_else(engine: Engine, tmp_path: Path) -> None:
    for code, name in NAMES.items():
        document(tmp_path, code, name)
    whole = tmp_path / "2024/minzheng/targets/绩效目标.docx"
    whole.write_bytes(whole.read_bytes()[:2_000])
    take_everything_in(engine, tmp_path)
    judge(engine, *(each.name for each in CALENDAR.checkpoints(2024)))
    (written,) = write_quarter(engine, CALENDAR.checkpoint("2024-12"), tmp_path / "reports")
    assert written.page.is_file()
    judged = (
        select(department.c.code)
        .join(snapshot, snapshot.c.department_id == department.c.id)
        .join(indicator_result, indicator_result.c.snapshot_id == snapshot.c.id)
    )
    with engine.connect() as connection:
        assert set(connection.execute(judged).scalars()) == {"chengguan"}
    alerts = {(each["place"].split("／")[0], each["rule"]) for each in open_alerts(engine)}
    assert alerts >= {("minzheng", "data_broken"), ("城管局", "data_missing")}


def test_what_is_too_deep_or_too_large_holds_nobody_up_and_is_refused_by_name(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document(tmp_path, "chengguan", "城管局")
    registers = tmp_path / "2024" / "chengguan" / "registers"
    monkeypatch.chdir(tmp_path)
    for name in (registers, *[Path("深" * 80)] * 20):  # longer than a system takes a path
        name.mkdir()
        os.chdir(name)
    with (registers / "支付台账.csv").open("wb") as ledger:
        ledger.truncate(1 << 42)  # of which the disk holds nothing
    (tmp_path / "2024" / "minzheng").mkdir()
    (tmp_path / "2024" / "minzheng" / "targets").write_text("绩效目标", "utf-8")
    (tmp_path / "2024" / "minzheng" / "registers").write_text("台账", "utf-8")
    assert len(list(_contents(tmp_path / "2024"))) == 4
    assert "应是文件夹" in load(engine, tmp_path)[1]
    reasons = [
        each.reason
        for each in (
            *load_register(engine, tmp_path, "payment"),
            *refuse_unmatched(engine, tmp_path),
        )
    ]
    assert [str(each).partition("：")[2][:8] for each in reasons] == [
        "有4194304",
        "是文件夹，里面的",
        "应是文件夹，却是",
    ]
