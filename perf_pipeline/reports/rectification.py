"""整改通知书 and 整改回复 as Word files, 整改台账 as a workbook to fill in and hand in.

No official specimen of the notice was seen: its parts are those that systems of the field keep
(docs/decisions/items.md). Number and contact are left blank for the office that sends it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from pathlib import Path

from openpyxl import Workbook

from perf_pipeline.domain.calendar import chinese_date
from perf_pipeline.items.answers import LEDGER
from perf_pipeline.items.facts import Answer
from perf_pipeline.items.standings import Item
from perf_pipeline.items.state import ASKS
from perf_pipeline.registers.cells import Value
from perf_pipeline.registers.declaration import register
from perf_pipeline.registers.template import Handout, template_workbook
from perf_pipeline.reports.files import ReportFolder
from perf_pipeline.reports.handling import basis_of
from perf_pipeline.reports.notices import made_up
from perf_pipeline.reports.word_file import WordFile
from perf_pipeline.reports.word_table import Column
from perf_pipeline.reports.workbook import furniture

NOTICE, REPLY = "整改通知书", "整改回复"


def write_rectification(items: Sequence[Item], folder: Path, day: date) -> Iterator[Path]:
    """Write the files of each department that has items to answer, or answered ones.

    A workbook that somebody has begun to fill in is kept beside the new one.
    """
    by_department = sorted(items, key=lambda each: (each.department_code, each.id))
    for code, group in groupby(by_department, key=lambda each: each.department_code):
        mine = list(group)
        out = ReportFolder(folder, code, str(mine[0].fiscal_year))
        asked = [each for each in mine if each.standing.state in ASKS]
        answered = [each for each in mine if each.answer is not None]
        if asked:
            yield _written(out, f"{NOTICE}.docx", notice(asked, day))
            book = _ledger(asked)
            path = out.path / f"{register(LEDGER).label}.xlsx"
            if not path.exists():
                book.save(path)
            yield path
        if answered:
            yield _written(out, f"{REPLY}.docx", reply(answered, day))


def notice(items: Sequence[Item], day: date) -> bytes:
    """Return the notice to one department: what was found, what is asked for, and by when."""
    first = items[0]
    file = _begun(first, NOTICE, day)
    file.write("文号：＿＿＿＿＿＿＿＿")
    file.write(f"{first.department}：")
    file.write(
        f"{first.fiscal_year}年度预算绩效运行监控发现下列{len(items)}个事项，请按期处置。"
        "事项编号在答复时填写。"
    )
    columns = [
        *(Column("编号", 8, "center"), Column("项目、指标", 22), Column("问题和差距", 38)),
        *(Column("现状和要求", 28), Column("期限", 17, "center")),
    ]
    rows = [
        (
            str(each.id),
            each.name.removeprefix(f"{each.department}／"),
            f"{each.problem}。走势：{each.trend}" if each.trend else each.problem,
            f"{each.standing.state.label}：{each.standing.words}",
            str(each.standing.due_on or "—"),
        )
        for each in items
    ]
    file.table("要求处置的事项", columns, rows)
    file.write(f"依据：{basis_of('支出预警')}。")
    file.heading("处置要求")
    file.points(
        (
            "对每个事项选择继续执行、调整或取消，写明原因类别、原因、责任人；选择调整的写明批准文号。",
            "报送整改措施；写明到哪一天达到多少，到期由台账核对，不凭自报。",
            "填写附后的整改台账，放进收件文件夹。",
        )
    )
    file.write("联系人：＿＿＿＿＿＿　　电话：＿＿＿＿＿＿")
    file.write(chinese_date(day))
    return file.to_bytes()


def reply(items: Sequence[Item], day: date) -> bytes:
    """Return a department's reply: for each item the choice, measures, promise, and its check."""
    first = items[0]
    file = _begun(first, REPLY, day)
    columns = [
        *(Column("编号", 9, "center"), Column("项目、指标", 22), Column("处置和原因", 28)),
        *(Column("整改措施和承诺", 28), Column("核对", 26)),
    ]
    rows = [
        (
            str(each.id),
            each.name.removeprefix(f"{each.department}／"),
            _choice(answer),
            _measures(answer),
            f"{each.standing.state.label}：{each.standing.words}",
        )
        for each in items
        if (answer := each.answer) is not None
    ]
    file.table("处置和整改情况", columns, rows)
    file.write("单位（盖章）：＿＿＿＿＿＿　　负责人：＿＿＿＿＿＿")
    file.write(chinese_date(day))
    return file.to_bytes()


def _begun(first: Item, title: str, day: date) -> WordFile:
    name = f"{first.department}　{first.fiscal_year}年度　{title}"
    file = WordFile(name, name, first.department, day)
    file.write(title, "Title")
    if notice := made_up(first.notices):
        file.write(f"数据说明：{notice}")
    return file


def _choice(answer: Answer) -> str:
    document = f"（{answer.document}）" if answer.document else ""
    person = f"。责任人：{answer.person}" if answer.person else ""
    return f"{answer.choice}{document}。{answer.category}：{answer.words}{person}"


def _measures(answer: Answer) -> str:
    promise = answer.promise
    said = f"承诺{promise.said}" if promise else "没有可核对的承诺"
    return "。".join(filter(None, (answer.measures, said)))


def _ledger(items: Sequence[Item]) -> Workbook:
    rows: list[dict[str, Value]] = [
        {
            "item_no": each.id,
            "place": each.place.removeprefix(f"{each.department}／"),
            "subject": each.subject,
            "problem": each.problem,
        }
        for each in items
    ]
    first = items[0]
    handout = Handout(first.department, first.fiscal_year, rows=rows)
    book = template_workbook(register(LEDGER), handout)
    said = furniture(made_up(first.notices) or "")
    for sheet in book.worksheets:
        if (head := sheet.HeaderFooter.oddHeader) is not None:  # an empty one is false
            head.center.text = said
    return book


def _written(out: ReportFolder, name: str, content: bytes) -> Path:
    out.write(name, content)
    return out.path / name
