"""What could not be loaded is given back with a hint, mended, handed in again, and is done with."""

import shutil
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy import Engine, func, select

from perf_pipeline.registers.handed_back import HINT_LABEL, MARK_LABEL, REASON_LABEL
from perf_pipeline.warehouse import mending
from perf_pipeline.warehouse.loading import load_register
from perf_pipeline.warehouse.quarantine import hand_back
from perf_pipeline.warehouse.schema import quarantined_row, register_tables
from perf_pipeline.warehouse.targets import load_targets
from tests.kept import stand
from tests.year import DATA, DEPARTMENT

PAYMENT = register_tables["payment"]


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped inbox with three payments spoilt: an amount, a project, a year."""
    copied = tmp_path_factory.mktemp("spoilt") / "inbox"
    shutil.copytree(DATA, copied)
    book = load_workbook(ledger(copied))
    sheet = book["支付台账"]
    sheet["D10"], sheet["C11"], sheet["B12"] = "八十元", "无人预算的项目", "2023-12-31"
    book.save(ledger(copied))
    return copied


@pytest.fixture
def inbox(spoilt: Path, tmp_path: Path) -> Path:
    """A copy of it to mend."""
    return Path(shutil.copytree(spoilt, tmp_path / "inbox"))


def ledger(inbox: Path) -> Path:
    return inbox / "2024" / DEPARTMENT / "registers/支付台账.xlsx"


def take_in(engine: Engine, inbox: Path) -> None:
    load_targets(engine, inbox)
    load_register(engine, inbox, "payment")


def taken_in(engine: Engine, spoilt: Path) -> None:
    """Let an empty warehouse hold the spoilt inbox; it is loaded once on each database."""
    stand(engine, "three-spoilt", lambda made: take_in(made, spoilt))


def in_quarantine(engine: Engine) -> int:
    with engine.connect() as connection:
        query = select(func.count()).where(quarantined_row.c.closed_by_id.is_(None))
        return int(connection.execute(query).scalar_one())


def payments(engine: Engine) -> int:
    with engine.connect() as connection:
        query = select(func.count()).where(PAYMENT.c.closed_by_id.is_(None))
        return int(connection.execute(query).scalar_one())


def test_a_row_mended_in_another_file_leaves_quarantine_without_its_mark(
    engine: Engine, inbox: Path
) -> None:
    taken_in(engine, inbox)
    assert in_quarantine(engine) == 3
    sheet = load_workbook(ledger(inbox))["支付台账"]
    cells = [[cell.value for cell in sheet[n]] for n in (2, 10)]
    number = next(n for n in range(1, 4) if sheet.cell(n, 1).value == "凭证号")
    cells[0], cells[1][3] = [cell.value for cell in sheet[number]], 80
    book = Workbook()
    for row in cells:
        book.worksheets[0].append(row)
    book.save(ledger(inbox).with_name("支付台账补充.xlsx"))
    take_in(engine, inbox)
    assert in_quarantine(engine) == 2
    take_in(engine, inbox)
    assert in_quarantine(engine) == 2


def handed(engine: Engine, folder: Path) -> tuple[Path, Worksheet, dict[str, int]]:
    ((path, _),) = hand_back(engine, folder).workbooks
    sheet = load_workbook(path).worksheets[0]
    return path, sheet, {str(cell.value): cell.column for cell in sheet[1]}


@pytest.mark.on_sqlite
def test_a_quarantined_row_says_what_to_do(engine: Engine, inbox: Path) -> None:
    taken_in(engine, inbox)
    with engine.connect() as connection:
        rows = connection.execute(select(quarantined_row).order_by(quarantined_row.c.id)).all()
    assert [row.column_label for row in rows] == ["支付金额（元）", "项目名称", "支付日期"]
    assert rows[0].hint == "“支付金额（元）”应填金额，单位元，最多两位小数，如 1234.56"
    assert "绩效目标文件" in rows[1].hint
    assert "须在财政年度内" in rows[2].hint
    assert len({row.mark for row in rows}) == 3


@pytest.mark.on_sqlite
def test_the_workbook_has_the_registers_columns_and_colours_the_cell_at_fault(
    engine: Engine, inbox: Path, tmp_path: Path
) -> None:
    taken_in(engine, inbox)
    path, sheet, column = handed(engine, tmp_path / "back")
    assert path.relative_to(tmp_path / "back").as_posix() == (
        f"2024/{DEPARTMENT}/registers/支付台账（隔离行更正）.xlsx"
    )
    assert sheet.cell(2, column["支付金额（元）"]).value == "八十元"
    assert sheet.cell(2, column["支付金额（元）"]).fill.fgColor.rgb == "00FFC7CE"
    assert sheet.cell(2, column["凭证号"]).fill.fill_type is None
    assert "不是金额" in str(sheet.cell(2, column[REASON_LABEL]).value)
    assert "单位元" in str(sheet.cell(2, column[HINT_LABEL]).value)
    assert sheet.max_row == 4


def test_mended_rows_that_are_handed_in_again_leave_quarantine(
    engine: Engine, inbox: Path, tmp_path: Path
) -> None:
    taken_in(engine, inbox)
    assert (payments(engine), in_quarantine(engine)) == (2037, 3)
    path, sheet, column = handed(engine, tmp_path / "back")
    sheet.cell(2, column["支付金额（元）"]).value = 80
    sheet.cell(3, column["项目名称"]).value = "信访维稳经费"
    book = sheet.parent
    book.save(ledger(inbox).parent / path.name)

    take_in(engine, inbox)
    assert (payments(engine), in_quarantine(engine)) == (2039, 1)
    with engine.connect() as connection:
        (row,) = connection.execute(
            select(quarantined_row).where(quarantined_row.c.closed_by_id.is_(None))
        )
        assert row.column_label == "支付日期"

    # what is still wrong is given back once more, under a name that nobody uses
    again, sheet, column = handed(engine, inbox)
    assert again.name == "支付台账（隔离行更正）2.xlsx"
    sheet.cell(2, column["支付日期"]).value = "2024-12-31"
    sheet.parent.save(again)
    take_in(engine, inbox)
    assert (payments(engine), in_quarantine(engine)) == (2040, 0)
    assert hand_back(engine, tmp_path / "none").workbooks == []


def test_a_row_stays_mended_when_its_first_file_is_read_again(
    engine: Engine, inbox: Path, tmp_path: Path
) -> None:
    taken_in(engine, inbox)
    path, sheet, column = handed(engine, tmp_path / "back")
    sheet.cell(2, column["支付金额（元）"]).value = 80
    sheet.delete_rows(3, 2)
    sheet.parent.save(ledger(inbox).parent / path.name)
    take_in(engine, inbox)
    assert in_quarantine(engine) == 2

    book = load_workbook(ledger(inbox))
    book["支付台账"]["G20"] = "更正了用途"
    book.save(ledger(inbox))
    take_in(engine, inbox)
    assert (payments(engine), in_quarantine(engine)) == (2038, 2)


@pytest.mark.on_sqlite
def test_a_mark_alone_mends_nothing(engine: Engine, inbox: Path, tmp_path: Path) -> None:
    taken_in(engine, inbox)
    path, sheet, column = handed(engine, tmp_path / "back")
    for name, position in column.items():
        if name != MARK_LABEL:
            sheet.cell(2, position).value = None
    sheet.delete_rows(3, 2)
    sheet.parent.save(ledger(inbox).parent / path.name)
    take_in(engine, inbox)
    assert payments(engine) == 2037
    assert in_quarantine(engine) == 3  # a row without anything is no payment, and is skipped


def test_alike_rows_have_marks_of_their_own_which_do_not_depend_on_the_warehouse() -> None:
    one, another = mending.Marks(), mending.Marks()
    first, second, other = map(one.of, ("同一行", "同一行", "另一行"))
    assert len({first, second, other}) == 3
    assert list(map(another.of, ("另一行", "同一行"))) == [other, first]


@pytest.mark.on_sqlite
def test_text_that_begins_like_a_formula_is_given_back_as_text(
    engine: Engine, inbox: Path, tmp_path: Path
) -> None:
    csv = ledger(inbox).with_name("支付台账-补.csv")
    csv.write_text(
        "凭证号,支付日期,项目名称,支付金额,资金来源,用途\n"
        "Z1,2024-05-01,信访维稳经费,多少,财政资金,=1+1\n",
        "utf-8",
    )
    take_in(engine, inbox)
    _, sheet, column = handed(engine, tmp_path / "back")
    cells = [sheet.cell(n, column["用途"]) for n in range(2, sheet.max_row + 1)]
    assert ("=1+1", "s") in [(cell.value, cell.data_type) for cell in cells]


@pytest.mark.on_sqlite
def test_a_row_whose_cells_have_moved_is_given_back_with_what_stood_beyond_the_header(
    engine: Engine, inbox: Path, tmp_path: Path
) -> None:
    ledger(inbox).with_name("支付台账-补.csv").write_text(
        "凭证号,支付日期,项目名称,支付金额,资金来源,用途\n"
        "Z1,2024-05-01,信访维稳经费,1,234.50,财政资金,补助\n",
        "utf-8",
    )
    take_in(engine, inbox)
    _, sheet, column = handed(engine, tmp_path / "back")
    moved = 2  # its file comes first by name
    assert sheet.cell(moved, column["资金来源"]).value == "234.50"
    assert "多出的单元格：补助" in str(sheet.cell(moved, column[REASON_LABEL]).value)
    assert "双引号" in str(sheet.cell(moved, column[HINT_LABEL]).value)


@pytest.mark.on_sqlite
def test_a_sheet_whose_header_cannot_be_read_is_to_be_handed_in_as_a_whole(
    engine: Engine, inbox: Path, tmp_path: Path
) -> None:
    book = load_workbook(ledger(inbox))
    extra = book.create_sheet("补充")
    extra.append(["凭证号", "支付日期", "支付金额"])
    extra.append(["Z1", "2024-05-01", 5])
    book.save(ledger(inbox))
    take_in(engine, inbox)
    back = hand_back(engine, tmp_path / "back")
    assert [rows for _, rows in back.workbooks] == [3]
    ((place, reason, hint),) = back.whole_files
    assert "工作表“补充”" in place
    assert "缺少列" in reason
    assert "整份重交" in hint
