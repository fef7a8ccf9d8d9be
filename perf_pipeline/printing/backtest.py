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
        _print_scores(console, group)
    last = scores["groups"][-1]
    _print_calibration(console, last, scores["event"])
    for rows, words in last["words"].items():
        for word, hit in words.items():
            console.print(
                f"{ROW_LABELS[rows]}：称“{WORD_LABELS[word]}”的 {hit['forecasts']} 次，实际发生 "
                f"{or_dash(hit['came_true'], '{:.1%}'.format)}",
                highlight=False,
            )


def _print_scores(console: Console, group: dict[str, Any]) -> None:
    title = f"{GROUP_LABELS[group['group']]}：{group['forecasts']} 次"
    table = Table(
        "期", "次数", "80%区间", "95%区间", "CRPS", *METHODS.values(), "CRPS改进", title=title
    )
    for row in (*group["by_period"], {"period": "合计", **group}):
        table.add_row(
            str(row["period"]),
            str(row["forecasts"]),
            *(or_dash(row[key], "{:.1%}".format) for key in ("coverage_80", "coverage_95")),
            or_dash(row["crps"], "{:.4g}".format),
            *(or_dash(row["naive"][name]["crps"], "{:.4g}".format) for name in METHODS),
            or_dash(row["crps_gain"], "{:.1%}".format),
        )
    console.print(table)
    console.print(
        "CRPS改进与最好的简单方法比，各只比该方法也能预计的；按上年数折算后改进 "
        f"{or_dash(group['crps_scaled_gain'], '{:.1%}'.format)}",
        highlight=False,
        soft_wrap=True,
    )


def _print_calibration(console: Console, group: dict[str, Any], event: str) -> None:
    brier = or_dash(group["brier"], "{:.4f}".format)
    console.print(f"“{event}”：Brier 分 {brier}", highlight=False, soft_wrap=True)
    table = Table("预计可能性", "次数", "平均可能性", "实际发生", title="校准")
    for row in group["calibration"]:
        table.add_row(
            f"{row['from']:.0%}—{row['to']:.0%}",
            str(row["forecasts"]),
            or_dash(row["mean_probability"], "{:.1%}".format),
            or_dash(row["observed"], "{:.1%}".format),
        )
    console.print(table)
