"""What the command line prints of the outlook's scores on past years."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from perf_pipeline.monitoring.backtest.naive import METHODS
from perf_pipeline.monitoring.outlook.forecast import Kind
from perf_pipeline.printing.marks import or_dash

GROUP_LABELS = {
    "three_years": "有三年以上往年数据",
    "one_or_two": "有一至两年往年数据",
    "none": "没有往年数据",
    "all": "全部",
}
SHARE, LOSS = "{:.1%}", "{:.4g}"
SCORES = {
    "期": ("period", "{}"),
    "次数": ("forecasts", "{}"),
    "80%区间": ("coverage_80", SHARE),
    "95%区间": ("coverage_95", SHARE),
    "CRPS": ("crps", LOSS),
    **{label: (name, LOSS) for name, label in METHODS.items()},
    "CRPS改进": ("crps_gain", SHARE),
}
CALIBRATION = {
    "预计可能性": ("band", "{}"),
    "次数": ("forecasts", "{}"),
    "平均可能性": ("mean_probability", SHARE),
    "实际发生": ("observed", SHARE),
}
WORD_LABELS = {"certain": "确定能", "impossible": "完全不可能"}
ROW_LABELS = {"all": "全部", "undecided": "当时还未定的"}


def print_backtest(console: Console, scores: dict[str, Any]) -> None:
    """Print how well the outlook would have done on past years."""
    first, last = scores["years"]
    console.print(
        f"[bold]{escape(scores['file'])}[/]（{Kind(scores['kind']).label}）："
        f"{scores['entities']} 个单位，"
        f"{first}—{last} 年，{scores['rows']} 行，预计 {scores['forecasts']} 次；"
        f"最后一期的数即全年数，不计分；先验 {scores['prior']} 版",
        highlight=False,
    )
    for note in scores["notes"]:
        console.print(f"[yellow]注意[/] {escape(note)}", highlight=False, soft_wrap=True)
    for group in scores["groups"]:
        title = f"{GROUP_LABELS[group['group']]}：{group['forecasts']} 次"
        rows = [
            row | {name: told["crps"] for name, told in row["naive"].items()}
            for row in (*group["by_period"], group | {"period": "合计"})
        ]
        _print_table(console, title, SCORES, rows)
        gain = or_dash(group["crps_scaled_gain"], "{:.1%}".format)
        console.print(
            f"CRPS改进与最好的简单方法比，各只比该方法也能预计的；按上年数折算后改进 {gain}",
            highlight=False,
            soft_wrap=True,
        )
    last = scores["groups"][-1]
    brier = or_dash(last["brier"], "{:.4f}".format)
    console.print(f"“{scores['event']}”：Brier 分 {brier}", highlight=False, soft_wrap=True)
    bands = [{"band": f"{of['from']:.0%}—{of['to']:.0%}"} | of for of in last["calibration"]]
    _print_table(console, "校准", CALIBRATION, bands)
    for rows, words in last["words"].items():
        for word, hit in words.items():
            console.print(
                f"{ROW_LABELS[rows]}：称“{WORD_LABELS[word]}”的 {hit['forecasts']} 次，实际发生 "
                f"{or_dash(hit['came_true'], '{:.1%}'.format)}",
                highlight=False,
            )


def _print_table(
    console: Console, title: str, columns: dict[str, tuple[str, str]], rows: list[dict[str, Any]]
) -> None:
    """Print rows as a table: by its heading, what stands in each column and how it is written."""
    table = Table(*columns, title=title)
    for row in rows:
        table.add_row(*(or_dash(row[key], how.format) for key, how in columns.values()))
    console.print(table)
