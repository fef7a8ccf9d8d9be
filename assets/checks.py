"""Asset checks: each table against its suite. Broken data blocks, missed promises warn."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import dagster as dg

from assets.partitions import calendar
from assets.resources import Pipeline
from assets.retries import patient
from assets.rows import as_table, named
from perf_pipeline.language.spoken import say
from perf_pipeline.quality.check_result import CheckResult
from perf_pipeline.quality.checked import validated
from perf_pipeline.quality.relations import JUDGED
from perf_pipeline.settings import Settings
from perf_pipeline.warehouse.schema import register_tables

INTACT, AS_PROMISED = "intact", "as_promised"
SHOWN_ROWS = 100
HEADS = ("结果", "期望", "不符", "检查", "")
DESCRIPTIONS = {
    INTACT: "数据完好：类型、空值、范围、主键、日期和列间规则；不通过则阻断下游",
    AS_PROMISED: "如约：指标达到目标，支出符合计划，文件都能读取；不通过为警告",
}


def table_checks(table: str) -> dg.AssetChecksDefinition:
    """Make the two checks of a table, which one run of its suite answers."""
    judged = table in JUDGED
    specs = [
        dg.AssetCheckSpec(
            name, asset=table, blocking=name == INTACT, description=say(DESCRIPTIONS[name])
        )
        for name in (INTACT, AS_PROMISED)
    ]

    @dg.multi_asset_check(specs=specs, name=f"{table}_checks", can_subset=True)
    @patient
    def check(
        context: dg.AssetCheckExecutionContext, pipeline: Pipeline
    ) -> Iterator[dg.AssetCheckResult]:
        key = context.run.tags.get("dagster/partition") if judged else None
        if judged and key is None:
            raise dg.Failure(f"{table} 按检查点检查：请物化要检查的那个分区，检查随之运行")
        checkpoint = calendar.checkpoint(key) if key else None
        settings = pipeline.settings
        results = validated(
            pipeline.engine,
            settings.suites,
            table,
            checkpoint=checkpoint,
            limits=settings.limits,
            results=settings.results,
        )
        asked = {key.name for key in context.op_execution_context.selected_asset_check_keys}
        for name in (INTACT, AS_PROMISED):
            if name not in asked:
                continue
            mine = [each for each in results if each.blocking == (name == INTACT)]
            yield check_result(table, name, mine)

    return check


def check_result(table: str, name: str, results: list[CheckResult]) -> dg.AssetCheckResult:
    """Turn a suite's results into what the UI shows: what failed, how often, and which rows."""
    failed = [each for each in results if not each.success]
    told: dict[str, Any] = {
        "检查项数": len(results),
        "不符的检查项数": len(failed),
        "不符的行数": sum(each.failed for each in failed),
        "检查结果": as_table(HEADS, map(_line, results)),
    }
    for number, each in enumerate(failed, start=1):
        if each.rows:
            told[f"不符的行之{number}"] = _rows(each)
            if len(each.rows) > SHOWN_ROWS:
                told[f"不符的行之{number}另有行数"] = len(each.rows) - SHOWN_ROWS
    return dg.AssetCheckResult(
        passed=not failed,
        asset_key=table,
        check_name=name,
        severity=dg.AssetCheckSeverity.ERROR if name == INTACT else dg.AssetCheckSeverity.WARN,
        description=say("；").join(
            say(f"{each.description}：{each.failed} 行不符") for each in failed
        )
        or None,
        metadata=named(told),
    )


def _line(each: CheckResult) -> tuple[object, ...]:
    passed = "通过" if each.success else "不通过"
    return passed, each.description, each.failed, each.checked, f"`{each.expectation}`"


def _rows(result: CheckResult) -> dg.TableMetadataValue:
    names = list(result.rows[0])
    records = [
        dg.TableRecord({name: _plain(row[name]) for name in names})
        for row in result.rows[:SHOWN_ROWS]
    ]
    schema = dg.TableSchema(columns=[dg.TableColumn(name=name) for name in names])
    return dg.TableMetadataValue(records=records, schema=schema)


def _plain(value: object) -> str | int | bool | None:
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str | int | bool) or value is None else str(value)


# a register that the installation declares for itself has its suite without a file
suites = sorted({path.stem for path in Settings().suites.glob("*.json")} | set(register_tables))
checks = [table_checks(table) for table in suites]
