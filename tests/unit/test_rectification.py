"""What a department answers with says, too, that its data are made up."""

from datetime import date
from pathlib import Path

import openpyxl

from perf_pipeline.items.facts import Facts
from perf_pipeline.items.standings import Item
from perf_pipeline.items.state import Standing, State
from perf_pipeline.reports.rectification import write_rectification

DAY = date(2024, 4, 8)
OPENED = Standing(State.OPENED, "等待处置", DAY)


def test_the_workbook_to_answer_in_says_that_the_data_are_made_up(tmp_path: Path) -> None:
    subject = ("indicator", "key", "指标", "某局／某项目", "2024-03")
    notices = ("模拟&演示数据（甲.csv）",)
    item = Item(1, 1, "d1", "某局", 2024, *subject, Facts(), (), OPENED, notices)
    [_, path] = write_rectification([item], tmp_path, DAY)
    heads = [each.HeaderFooter.oddHeader for each in openpyxl.load_workbook(path)]
    assert {head.center.text for head in heads if head} == {"模拟&&演示数据"}
