"""People's values planted wherever staff write as they please, and looked for where it is told."""

import json
import os
from collections.abc import Iterator
from datetime import date
from html import unescape
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile, is_zipfile

import pytest
from openpyxl import load_workbook

from perf_pipeline.items.standings import live_items
from perf_pipeline.measures.findings import findings_at
from perf_pipeline.registers.declaration import load_registers
from perf_pipeline.warehouse.seals.bundle import write_bundle
from tests.commands import call
from tests.kept import empty_warehouse
from tests.offices import CARE, OFFICES, STREETS, Offices
from tests.year import CALENDAR

pytestmark = pytest.mark.long(12)

NAME, IDENTITY, PHONE = "欧阳测试", "11010519491231002X", "13912345678"
PLANTED = (NAME, json.dumps(NAME)[1:-1], IDENTITY, PHONE)
SAID = f"{NAME}（{IDENTITY}，{PHONE}）"
PROJECT = OFFICES[STREETS][1]
# of every register in which somebody may write a sentence: its head, and rows of it
WRITTEN = {
    "payment": (
        "凭证号,支付日期,项目名称,支付金额（元）,资金来源,收款单位,用途",
        f"记-1,2024-02-01,{PROJECT},90000,财政资金,{NAME},付{SAID}",
        f"记-2,2024-02-01,{PROJECT},90000,财政资金,{NAME},付{SAID}",
        f"记-3,昨天{PHONE},{PROJECT},9,财政资金,{NAME},付{SAID}",
    ),
    "deviation_reason": (
        "项目名称,指标名称,截至日期,原因类别,原因说明,改进措施,填报人",
        f"{PROJECT},预算执行,2024-03-31,其他,等{SAID}交票,由{SAID}办,{NAME}",
        f"{PROJECT},巡查次数,2024-03-31,人员保障,{SAID}病假,由{SAID}补,{NAME}",
    ),
    "reported_value": (
        "项目名称,指标名称,截至日期,完成值,佐证材料,填报人",
        f"{PROJECT},巡查次数,2024-03-31,{SAID}去过几次,{SAID}的记录,{NAME}",
    ),
    "budget_adjustment": (
        "项目名称,生效日期,调整后预算数（元）,批复文号,调整原因",
        f"{PROJECT},2024-03-01,900000,财预〔2024〕1号,{SAID}来函",
    ),
    "target_revision": (
        "项目名称,指标名称,生效日期,调整后指标值,批复文号,调整原因",
        f"{PROJECT},巡查次数,2024-03-01,≥14次,财预〔2024〕2号,{SAID}来函",
    ),
    "indicator_measure": (
        "项目名称,指标名称,度量,年内表现,说明",
        f"{PROJECT},巡查次数,reported,累计,{SAID}报",
    ),
    "staff_training": (
        "培训编号,举办日期,培训主题,财务人员数,参训人数,佐证材料",
        f"训-1,2024-03-01,财务,1,1,{SAID}签到",
    ),
    "consumable_issue": (
        "领用单号,领用日期,耗材名称,数量,领用人,批准人",
        f"领-1,2024-03-01,纸,1,{NAME},",
    ),
}
ANSWERED = ("rectification", "audit_verdict")  # what is asked for first


def test_every_register_with_a_sentence_is_planted() -> None:
    written = {e.name for e in load_registers() for c in e.columns if c.prose or c.personal}
    assert written == {*WRITTEN, *ANSWERED}


def hand_in(offices: Offices, name: str) -> None:
    label = next(each.label for each in load_registers() if each.name == name)
    head, *rows = WRITTEN[name]
    offices.hand_in(STREETS, label, head, *rows)


def texts(path: Path, content: bytes) -> Iterator[tuple[str, str]]:
    """Give what a file says, and each part of a package."""
    if is_zipfile(BytesIO(content)):
        with ZipFile(BytesIO(content)) as package:
            for name in package.namelist():
                yield from texts(path / name, package.read(name))
    else:
        yield str(path), unescape(content.decode("utf-8", "replace"))


def leaks(where: Iterator[tuple[str, str]]) -> list[str]:
    return [
        f"{place}: …{text[max(text.find(each) - 60, 0) : text.find(each) + 30]}…"
        for place, text in where
        for each in PLANTED
        if each in text
    ]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Offices:
    """A year's end of two offices, of which one names people wherever it can."""
    folder = tmp_path_factory.mktemp("people")
    offices = Offices(empty_warehouse(f"sqlite:///{folder / 'warehouse.db'}"), folder)
    with offices.moved_clocks():
        offices.begin()
        for name in WRITTEN:
            hand_in(offices, name)
        odd = offices.inbox / f"2024/{STREETS}/registers/支付台账{PHONE}.csv"
        odd.write_text(WRITTEN["payment"][0], "utf-8")
        offices.day = date(2024, 4, 8)
        offices.run("2024-03")
        answer(offices)
        audit(offices)
        offices.run("2024-03")
        offices.report(CARE, ("2024-12-31", 22))
        offices.day = date(2025, 1, 8)
        offices.run("2024-12")
        offices.day = date(2025, 2, 10)
        hand_in_evaluations(offices)
        offices.run("2024-12")
    return offices


def answer(offices: Offices) -> None:
    """Answer every item that is open."""
    with offices.engine.connect() as connection:
        mine = live_items(connection, 2024, codes=[STREETS])
    rows = [f"{each},继续执行,其他,{SAID}请假,由{SAID}补办,{NAME}科长" for each in mine]
    assert rows
    offices.hand_in(
        STREETS, "整改台账", "事项编号,处置选择,原因类别,原因说明,整改措施,责任人", *rows
    )


def audit(offices: Offices) -> None:
    with offices.engine.connect() as connection:
        found = findings_at(connection, CALENDAR.checkpoint("2024-03"))
    rows = [f"{each.number},属实,问过{SAID},某某" for mine in found.values() for each in mine]
    assert rows
    offices.hand_in(STREETS, "线索核查结论", "线索编号,核查结论,核查情况,核查人", *rows)


def hand_in_evaluations(offices: Offices) -> None:
    """Hand the forms in with what people were asked about written into a value."""
    offices.hand_in_evaluations()
    for path in (offices.inbox / "2024" / STREETS / "evaluations").iterdir():
        book = load_workbook(path)
        for row in book.worksheets[0]:
            for cell in row:
                if cell.value == "无数据":
                    cell.value = SAID
        book.save(path)


COMMANDS = (
    "status --json",
    "trace S1 --json",
    "trace I1",
    "files",
    "items --json",
    "items export OUT/items.csv",
    "items notice OUT/notices",
    "alerts list",
    "audit list --quarter 2024-03 --json",
    "audit workbook OUT/audit --quarter 2024-03",
    "acts --json",
    "diff --quarter 2024-03",
    "recheck 2024 --out OUT/recheck",
    "check",
)


def test_what_staff_wrote_names_nobody_wherever_it_is_told(
    told: Offices, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write_bundle(told.engine, tmp_path / "evidence.zip", {})
    told.engine.dispose()
    environment = os.environ | {
        "PERF_INBOX": str(told.inbox),
        "PERF_OUTPUT": str(told.folder),
        "PERF_WAREHOUSE_URL": told.engine.url.render_as_string(),
    }
    said = []
    for command in COMMANDS:
        done = call(environment, *command.replace("OUT", str(tmp_path)).split())
        assert done.returncode in (0, 1), done.stderr
        said.append((command, done.stdout + done.stderr))
    files = [
        text
        for folder in (told.reports, told.folder / "told", tmp_path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        for text in [(str(path), path.name), *texts(path, path.read_bytes())]
    ]
    assert len(files) > 30
    found = leaks(iter([*said, *files, ("log", caplog.text)]))
    assert not found, "\n".join(found)
