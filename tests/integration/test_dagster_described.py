"""What the UI says of an asset: owner and words, lineage, by when it must be new, what is stale."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
import pytest
from openpyxl import load_workbook
from sqlalchemy import Engine

from assets import versions
from assets.checks import check_result
from assets.definitions import defs
from assets.intake import outcome_metadata
from assets.judgement import record_in_words
from assets.partitions import TIMEZONE, calendar
from assets.rows import COUNTED, judged, named, taken_in
from assets.schedules import after_checkpoint, after_year_end, every_morning
from assets.specs import DAYS
from assets.telling import new_alerts
from assets.versions import code_version
from perf_pipeline.domain.limits import Limits
from perf_pipeline.domain.status import Light
from perf_pipeline.language.spoken import ENGLISH, speaking
from perf_pipeline.measures.compute import compute_measures
from perf_pipeline.monitoring.evaluate import evaluate_quarter
from perf_pipeline.monitoring.outlook.record import RecordLine
from perf_pipeline.quality.check_result import CheckResult
from perf_pipeline.settings import Settings
from perf_pipeline.warehouse.loading import load_register
from perf_pipeline.warehouse.outcomes import FileOutcome
from perf_pipeline.warehouse.schema import metadata
from perf_pipeline.warehouse.targets import load_targets
from tests.kept import empty_warehouse
from tests.year import DATA, DEPARTMENT, QUARTERS

GRAPH = defs.resolve_asset_graph()
ASSETS = {key.to_user_string(): GRAPH.get(key) for key in GRAPH.get_all_asset_keys()}
TABLES = {name: node for name, node in ASSETS.items() if name in metadata.tables}


def is_chinese(words: str | None) -> bool:
    return any("一" <= letter <= "鿿" for letter in words or "")


def test_nothing_that_a_person_meets_is_without_words() -> None:
    repository = defs.get_repository_def()
    nameless = [name for name, node in ASSETS.items() if not is_chinese(node.description)]
    nameless += [
        str(key) for key in GRAPH.asset_check_keys if not is_chinese(GRAPH.get(key).description)
    ]
    jobs = [each for each in repository.get_all_jobs() if not each.name.startswith("__")]
    pressed = [*jobs, *repository.schedule_defs, *repository.sensor_defs]
    nameless += [each.name for each in pressed if not is_chinese(each.description)]
    assert nameless == []


def test_every_asset_has_a_group_an_owner_and_kinds() -> None:
    for name, node in ASSETS.items():
        assert node.group_name != "default", name
        assert node.owners, name
        assert node.kinds, name


def test_every_table_tells_its_layer_its_code_s_version_and_by_when_it_must_be_new() -> None:
    for name, node in TABLES.items():
        assert node.tags["layer"] == node.group_name, name
        assert node.code_version, name
        assert node.freshness_policy, name


def test_the_columns_of_the_ui_lead_to_columns_of_assets() -> None:
    for node in TABLES.values():
        lineage = node.metadata["dagster/column_lineage"].deps_by_column
        described = {
            column.name: column.description
            for column in node.metadata["dagster/column_schema"].columns
        }
        for column, sources in lineage.items():
            for source in sources:
                name = source.asset_key.to_user_string()
                assert source.column_name in metadata.tables[name].c
                assert name in TABLES
                assert f"[{name}](/assets/{name})" in described[column]
                assert f"`{source.column_name}`" in described[column]


def test_no_checkpoint_s_working_days_end_after_what_they_must_be_new_by() -> None:
    settings = Settings()
    for year in range(2024, 2027):
        for checkpoint in calendar.checkpoints(year):
            due = settings.calendar_file().working_day_after(
                checkpoint.ends_on, settings.report_lag_days
            )
            assert due < (checkpoint.ends_on + timedelta(days=1)).replace(day=DAYS)


def test_a_version_of_code_is_that_of_all_it_is_made_of_and_of_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {
        "measures/count.py": "from perf_pipeline.domain import money\n",
        "measures/words.yaml": "a: 1\n",
        "domain/__init__.py": "",
        "domain/money.py": "FEN = 100\n",
        "domain/other.py": "",
    }
    for name, content in files.items():
        path = tmp_path / "perf_pipeline" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    monkeypatch.setattr(versions, "LIBRARY", tmp_path / "perf_pipeline")

    def forget() -> None:
        known = (versions._file, versions._imported, versions._digest, versions._beside)
        for each in (code_version, *known):
            each.cache_clear()

    def version() -> str:
        forget()
        return code_version("perf_pipeline.measures.count")

    try:
        first = version()
        (tmp_path / "perf_pipeline/domain/other.py").write_text("changed = True\n", "utf-8")
        assert version() == first
        seen = {first}
        for name in ("measures/count.py", "measures/words.yaml", "domain/money.py"):
            path = tmp_path / "perf_pipeline" / name
            path.write_text(path.read_text("utf-8") + "# changed\n", "utf-8")
            assert version() not in seen
            seen.add(version())
    finally:
        monkeypatch.undo()
        forget()


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    for pattern in ("targets/*", "registers/支付台账*", "registers/项目预算表*"):
        for path in (DATA / "2024" / DEPARTMENT).glob(pattern):
            copy = tmp_path / "inbox" / path.relative_to(DATA)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, copy)
    return tmp_path / "inbox"


def take_in_and_judge(engine: Engine, inbox: Path) -> dict[str, dg.MaterializeResult[None]]:
    load_targets(engine, inbox)
    for register in ("budget", "payment"):  # payments are read by the budget's sources of funds
        load_register(engine, inbox, register)
    compute_measures(engine, QUARTERS[1])
    evaluate_quarter(engine, QUARTERS[1], Limits())
    return {
        **{name: taken_in(engine, name, {}, (name,)) for name in ("payment", "budget")},
        "source_file": taken_in(engine, "source_file", {}),
        "measure_value": judged(engine, "measure_value", "measures", QUARTERS[1], {}),
        **{
            name: judged(engine, name, "monitoring", QUARTERS[1], {})
            for name in ("spending_result", "indicator_result")
        },
    }


def test_data_has_another_version_when_and_only_when_it_is_other_data(
    inbox: Path, tmp_path: Path
) -> None:
    engine = empty_warehouse(f"sqlite:///{tmp_path / 'warehouse.db'}")

    def now() -> dict[str, object]:
        results = take_in_and_judge(engine, inbox)
        return {name: result.data_version for name, result in results.items()}

    first = now()
    assert now() == first
    (ledger,) = inbox.glob("2024/*/registers/支付台账.xlsx")
    workbook = load_workbook(ledger)
    sheet = workbook.worksheets[0]
    (amount,) = [cells[3] for cells in sheet.iter_rows() if cells[0].value == "记-01-0001"]
    amount.value = "9,999.99"
    workbook.save(ledger)
    changed = {name for name, version in now().items() if version != first[name]}
    judged_again = {"measure_value", "spending_result", "indicator_result"}  # one version for both
    assert changed == {"payment", "source_file", *judged_again}
    engine.dispose()


def test_a_register_is_taken_in_after_those_by_which_it_is_read() -> None:
    assert {"project", "column_map", "budget"} <= {
        key.to_user_string() for key in ASSETS["payment"].parent_keys
    }
    assert "budget" not in {key.to_user_string() for key in ASSETS["budget"].parent_keys}


def test_lights_and_statuses_are_numbers_none_of_them_left_out(inbox: Path, tmp_path: Path) -> None:
    engine = empty_warehouse(f"sqlite:///{tmp_path / 'warehouse.db'}")
    results = take_in_and_judge(engine, inbox)
    for name in ("spending_result", "indicator_result"):
        _, kinds = COUNTED[name]
        told = results[name].metadata or {}
        counts = {kind: told[f"{kind.label}的行数"] for kind in kinds}
        assert sum(counts.values()) == told["dagster/row_count"] > 0
    assert (results["spending_result"].metadata or {})["预警的行数"] == 1
    engine.dispose()


def test_what_a_check_and_an_intake_tell_is_told_in_english() -> None:
    said = "累计支出不应超过预算"
    failed = CheckResult("spending_result", "x", said, False, False, 9, 2, ())
    with speaking(ENGLISH):
        told = check_result("spending_result", "as_promised", [failed])
        files = named(outcome_metadata([FileOutcome("payment", "a", 2024, "a.csv", "loaded")]))
        record = record_in_words([RecordLine(3_500, 5, 0, 5)])
        metadata = {**told.metadata, **files, **new_alerts([]), "record": record}
        counted = named(dict.fromkeys([f"{kind.label}的行数" for kind in Light], 1))
    for text in (told.description, *metadata, *metadata.values(), *counted):
        assert not is_chinese(str(getattr(text, "md_str", text))), text
    assert len(counted) == len(Light)


def test_why_a_schedule_waits_is_told_in_english(tmp_path: Path) -> None:
    with speaking(ENGLISH), dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        context = dg.build_schedule_context(
            instance, scheduled_execution_time=datetime(2025, 1, 3, 6, tzinfo=ZoneInfo(TIMEZONE))
        )
        for schedule in (after_checkpoint, after_year_end, every_morning):
            told = schedule(context)
            assert isinstance(told, dg.SkipReason)
            assert told.skip_message
            assert not is_chinese(told.skip_message), told
