"""Write the expectation suites, made from the declarations, in Great Expectations' format.

    python -m scripts.build_suites [FOLDER]   (default: expectations)

A test holds that the files are what this makes.
"""

import json
import sys
from itertools import chain
from pathlib import Path
from typing import Any

from perf_pipeline.domain.target import TargetKind
from perf_pipeline.quality.check_result import CRITICAL, WARNING
from perf_pipeline.quality.engine import gxe
from perf_pipeline.quality.suites import (
    COLUMN,
    Expectations,
    among,
    at_least,
    between,
    equal,
    filled,
    of_register,
    suite,
    unique_key,
)
from perf_pipeline.registers.declaration import load_registers

EACH = "expectations"  # what a suite's file calls them


def all_suites() -> dict[str, dict[str, Any]]:
    """Return every suite by the table that it is for."""
    made: dict[str, Expectations] = {
        "source_file": _source_file(),
        "project": _not_null("name"),
        "indicator": _not_null("name", "row_key"),
        "target": _target(),
        "spending_plan": _spending_plan(),
        "spending_result": _spending_result(),
        "indicator_result": _indicator_result(),
    }
    for name in ("project", "indicator", "target", "spending_plan"):
        made[name] = chain(unique_key(), made[name])
    made |= {declared.name: of_register(declared) for declared in load_registers()}
    for name, warned in _plausible().items():
        made[name] = chain(made[name], warned)
    return {name: suite(name, list(made[name])) for name in sorted(made)}


def _not_null(*columns: str) -> Expectations:
    for column in columns:
        yield filled(column, CRITICAL, f"{column} 不能为空")


def _none_of(column: str, description: str) -> object:
    """Expect that no row has what a column of 0 and 1 tells."""
    return between(column, WARNING, description, max_value=0)


def _source_file() -> Expectations:
    yield equal("rows_read", "rows_accounted_for", "读到的行数 = 入库 + 隔离 + 跳过")
    yield among("outcome", ["loaded"], WARNING, "文件都应能读取")
    yield _none_of("rows_quarantined", "不应有隔离的行")
    yield at_least(
        "rows_fourfold", "twice_rows_before", WARNING, "行数不到上一版的一半，请核对是否交全"
    )
    yield at_least(
        "tenfold_rows_before", "rows_loaded", WARNING, "行数超过上一版的十倍，请核对是否重复"
    )
    yield at_least(
        "ledger_paid_fen",
        "ledger_budget_thousandth",
        WARNING,
        "累计支付不应不到预算的千分之一，请核对金额单位",
    )
    yield _none_of("month_left_out", "其余各月都有支付的台账，不应有一个月没有支付")


def _plausible() -> dict[str, Expectations]:
    """Give what is warned of in registers as a whole, by the register."""
    fraction = _none_of("bare_fraction", "目标是百分比的，不应填小于1的小数，请核对百分号")
    tenfold = "累计支付不应超过预算的十倍，请核对金额单位"
    return {
        "reported_value": iter([fraction]),
        "budget": iter([at_least("budget_tenfold", "paid_fen", WARNING, tenfold)]),
    }


def _target() -> Expectations:
    yield from _not_null("raw_value", "kind")
    yield among("kind", [*TargetKind], CRITICAL, "目标类别应在词汇表内")
    numeric = COLUMN("kind").is_in(["number", "range"])
    yield filled("value_micro", CRITICAL, "数值目标应有数值", numeric)


def _spending_plan() -> Expectations:
    limits = {"min_value": 0, "max_value": 10_000}
    yield between("share_bp", CRITICAL, "累计支出比例应在0到100%之间", **limits)
    yield at_least("share_bp", "share_before_bp", CRITICAL, "累计支出比例不能下降")
    yield equal("last_share_bp", "whole_bp", "支出计划最后应达到100%")
    yield equal("due_on_year", "fiscal_year", "计划时间应在财政年度内")


def _spending_result() -> Expectations:
    yield at_least("paid_scaled", "lowest_scaled", WARNING, "累计支出不应低于计划超过限度")
    yield at_least("budget_fen", "paid_fen", WARNING, "累计支出不应超过预算")
    yield at_least(
        "paid_hundredfold", "planned_scaled", WARNING, "累计支出不到计划的百分之一，请核对金额单位"
    )
    yield at_least("budget_tenfold", "paid_fen", WARNING, "累计支出超过预算的十倍，请核对金额单位")
    for column, label in (
        ("budget_fen", "预算数"),
        ("planned_bp", "支出计划"),
        ("paid_fen", "支付台账"),
    ):
        yield filled(column, WARNING, f"项目应有{label}")


def _indicator_result() -> Expectations:
    actual, aim, upper = "actual_scaled", "target_scaled", "upper_scaled"

    def where(enforced: str) -> dict[str, object]:
        return {"row_condition": COLUMN("enforced") == enforced}

    yield at_least(actual, aim, WARNING, "实际值应达到目标", **where(">="))
    yield at_least(aim, actual, WARNING, "实际值不应超过目标", **where("<="))
    for operator, larger, smaller in ((">", actual, aim), ("<", aim, actual)):
        beyond = {"or_equal": False, "ignore_row_if": "both_values_are_missing"}
        said = f"实际值应{operator}目标"
        yield at_least(larger, smaller, WARNING, said, **beyond, **where(operator))
    yield at_least(actual, aim, WARNING, "实际值应不低于区间下限", **where("between"))
    yield at_least(upper, actual, WARNING, "实际值应不高于区间上限", **where("between"))
    yield gxe.ExpectColumnValuesToNotBeInSet(
        column="status",
        value_set=["missed", "behind"],
        **where("word"),
        severity=WARNING,
        description="是否、趋势、等级类指标应达到目标",
    )
    yield gxe.ExpectColumnValuesToNotBeInSet(
        column="status", value_set=["no_data"], severity=WARNING, description="指标应有数据"
    )
    yield filled("measure", WARNING, "指标应有度量，或由人工填报")


def write_suites(folder: Path) -> None:
    """Write every suite as a file that Great Expectations' own store would read, a line each."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, made in all_suites().items():
        each = [f"    {_line(expectation)}" for expectation in made[EACH]]
        others = [f'  "{key}": {_line(made[key])}' for key in sorted(made.keys() - {EACH})]
        listed = ",\n".join(each)
        text = ",\n".join([f'  "{EACH}": [\n{listed}\n  ]', *others])
        (folder / f"{name}.json").write_text(f"{{\n{text}\n}}\n", "utf-8")


def _line(told: object) -> str:
    return json.dumps(told, ensure_ascii=False, sort_keys=True)


if __name__ == "__main__":
    write_suites(Path(sys.argv[1] if len(sys.argv) > 1 else "expectations"))
