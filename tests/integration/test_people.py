"""People's data: masked in what is told, dropped from quarantine once mended, erased in time."""

import json
import sys
from pathlib import Path
from subprocess import run
from types import SimpleNamespace
from zipfile import ZipFile

import pytest
from sqlalchemy import Engine, MetaData, select, text

from perf_pipeline.domain.calendar import FiscalCalendar
from perf_pipeline.domain.limits import AuditLimits
from perf_pipeline.domain.personal import (
    ERASED,
    Personal,
    masked,
    people_in,
    without_numbers,
    without_people,
)
from perf_pipeline.measures.audit import audit_ledgers
from perf_pipeline.measures.audit_rules import RULE
from perf_pipeline.measures.findings import findings_at
from perf_pipeline.registers.declaration import load_registers
from perf_pipeline.warehouse.engine import write_transaction
from perf_pipeline.warehouse.known_people import people_known
from perf_pipeline.warehouse.loading import load_register
from perf_pipeline.warehouse.quarantine import hand_back
from perf_pipeline.warehouse.schema import metadata, quarantined_row, register_tables
from perf_pipeline.warehouse.seals.bundle import write_bundle
from perf_pipeline.warehouse.seals.declared import personal_columns
from perf_pipeline.warehouse.seals.deed import Deed, What
from perf_pipeline.warehouse.seals.difference import Kind
from perf_pipeline.warehouse.seals.erasing import erase_before
from perf_pipeline.warehouse.seals.log import read_acts
from perf_pipeline.warehouse.seals.verify import verify
from perf_pipeline.warehouse.targets import load_targets
from tests.grids import word
from tests.kept import empty_warehouse
from tests.year import ROOT

PLANTED = ("欧阳测试", "11010519491231002X", "13912345678", "010-65432109", "测试路99号")
HEADER = "案件编号,镇（办）,受理日期,结案日期,当事人姓名,身份证号,联系电话,家庭住址"
PEOPLE = ",".join((*PLANTED[:3], PLANTED[4]))
FORM = """
项目名称 | 巡查 | < | <
资金总额（万元） | 100 | < | <
绩效目标 | 做好巡查。 | < | <
一级指标 | 二级指标 | 三级指标 | 指标值
产出指标 | 数量指标 | 巡查次数 | ≥12次
"""
ISSUES = "领用单号,领用日期,耗材名称,数量,领用人,批准人"


def hand_in(engine: Engine, inbox: Path, kind: str, label: str, *lines: str) -> None:
    folder = inbox / "2024/bureau/registers"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{label}.csv").write_text("\n".join(lines), "utf-8")
    load_register(engine, inbox, kind)


def a_stranger_finds(engine: Engine, bundle: Path) -> str:
    """Check a bundle of evidence by the published recipe; return what that prints."""
    recipe = (ROOT / "docs/trust.md").read_text("utf-8").split("```python\n")[1].split("```")[0]
    write_bundle(engine, bundle, {})
    with ZipFile(bundle) as archive:
        archive.extractall(bundle.with_suffix(""))
    command = [sys.executable, "-I", "-c", recipe]
    told = run(command, cwd=bundle.with_suffix(""), capture_output=True, check=False)
    return (told.stdout + told.stderr).decode().strip()


def everything(engine: Engine) -> str:
    """Write out every cell of every table."""
    stored = MetaData()
    stored.reflect(engine)
    with engine.connect() as connection:
        rows = [
            list(map(str, row))
            for t in stored.sorted_tables
            for row in connection.execute(select(t))
        ]
    return json.dumps(rows, ensure_ascii=False)


def test_a_reason_names_nobody_and_what_was_said_is_gone_once_mended(
    engine: Engine, tmp_path: Path
) -> None:
    inbox = tmp_path / "inbox"
    wrong = f"A1,甲镇,{PLANTED[0]}的{PLANTED[2]}和{PLANTED[3]},,{PEOPLE}"
    hand_in(engine, inbox, "mediation_case", "人民调解案件台账", HEADER, wrong)
    with engine.connect() as connection:
        (row,) = connection.execute(select(quarantined_row)).all()
    told = f"{row.value}{row.reason}{row.hint}"
    assert not any(each in told for each in PLANTED), told
    assert "欧***" in told
    # it is given back whole to the department whose row it is
    assert all(each in row.row_text for each in PLANTED[:3])
    (back,) = hand_back(engine, tmp_path / "back").workbooks
    assert back[1] == 1
    mended = f"A1,甲镇,2024-03-01,,{PEOPLE}"
    hand_in(engine, inbox, "mediation_case", "人民调解案件台账", HEADER, mended)
    stored = everything(engine)
    assert not any(each in stored for each in PLANTED)
    assert verify(engine).differences == ()
    assert read_acts(engine.connect())[-1].wrote["erasure"] == 1


def test_erasing_old_years_keeps_what_is_sealed_verifiable(engine: Engine, tmp_path: Path) -> None:
    hand_in(
        engine,
        tmp_path,
        "consumable_issue",
        "耗材领用台账",
        ISSUES,
        f"L1,2024-01-03,纸,1,{PLANTED[0]},",
        "L2,2024-01-03,纸,1,综合科,赵测试",
        f"L3,昨天,纸,1,{PLANTED[0]},",
    )
    with write_transaction(engine, Deed(What.ERASED, "2024年度以前", "张三")) as connection:
        assert erase_before(connection, 2024) == {}
    assert PLANTED[0] in everything(engine)
    with write_transaction(engine, Deed(What.ERASED, "2025年度以前", "张三")) as connection:
        assert erase_before(connection, 2025) == {"consumable_issue": 2, "quarantined_row": 1}
    stored = everything(engine)
    assert PLANTED[0] not in stored
    assert "赵测试" not in stored
    table = register_tables["consumable_issue"]
    with engine.connect() as connection:
        rows = connection.execute(select(table.c.drawn_by, table.c.approved_by).order_by("id"))
        assert [tuple(row) for row in rows] == [(ERASED, None), (ERASED, ERASED)]
        done = read_acts(connection)[-1]
    assert (done.what, done.person, done.wrote) == ("erased", "张三", {"erasure": 3})
    assert verify(engine).differences == ()
    with engine.begin() as connection:  # an erased row is still watched over
        connection.execute(text("UPDATE consumable_issue SET quantity = 9 WHERE id = 1"))
        connection.execute(text("UPDATE consumable_issue SET drawn_by = '李' WHERE id = 2"))
    found = verify(engine).differences
    assert not any("李" in str(each) for each in found)
    assert [(each.kind, each.row) for each in found] == [
        (Kind.ROW_CHANGED, 1),
        (Kind.ROW_CHANGED, 2),
    ]


def test_who_was_erased_is_named_nowhere_and_stays_masked_where_a_later_year_names_them(
    warehouse_url: str, tmp_path: Path
) -> None:
    """A ledger of two years, of which the first is erased; the audit found something in it."""
    engine = empty_warehouse(warehouse_url)
    head = "凭证号,支付日期,项目名称,支付金额（元）,资金来源,收款单位,用途"
    for year, *rows in (
        (
            2023,
            "记-1,2023-05-03,巡查,90000,财政资金,欧阳测试,付欧阳测试劳务费",
            "记-2,2023-05-03,巡查,90000,财政资金,欧阳测试,付欧阳测试劳务费",
            "记-3,2023-06-03,巡查,5,财政资金,综合科,办公用品",
            "记-4,2023-07-03,巡查,7,财政资金,赵测试,与欧阳测试同去",
        ),
        (2024, "记-1,2024-05-03,巡查,6,财政资金,综合科,补欧阳测试去年差旅"),
    ):
        folder = tmp_path / f"{year}/bureau"
        (folder / "targets").mkdir(parents=True)
        word(folder / "targets/目标.docx", f"{year}年度部门绩效目标", "项目绩效目标表", FORM)
        (folder / "registers").mkdir()
        ledger = folder / "registers/支付台账.csv"
        ledger.write_text("\n".join((head, *rows)), "utf-8")
    load_targets(engine, tmp_path)
    assert [each.rows_loaded for each in load_register(engine, tmp_path, "payment")] == [4, 1]
    at = FiscalCalendar((6, 12)).checkpoint("2023-12")
    audit_ledgers(engine, at, AuditLimits())

    def findings() -> list[tuple[str, str]]:
        with engine.connect() as connection:
            (mine,) = findings_at(connection, at).values()
        return [(each.number, each.subject) for each in mine]

    found = findings()
    assert any("欧***" in subject for _, subject in found)
    with write_transaction(engine, Deed(What.ERASED, "2024年度以前", "张三")) as connection:
        erased = erase_before(connection, 2024)
    assert erased["payment"] == 4
    assert erased["audit_finding"] >= 2
    assert findings() == found
    assert verify(engine).differences == ()
    assert a_stranger_finds(engine, tmp_path / "evidence.zip") == verify(engine).head
    payment = register_tables["payment"]
    with engine.connect() as connection:
        said = connection.scalars(select(payment.c.purpose).order_by(payment.c.id)).all()
        assert said == [ERASED, ERASED, "办公用品", ERASED, "补欧阳测试去年差旅"]
        assert everything(engine).count("欧阳测试") == 1 + 2  # the note of whom to mask
        (known,) = people_known(connection, {1}).values()
        assert known.without(said[-1]) == "补欧***去年差旅"
    again = load_register(engine, tmp_path, "payment")
    assert [each.outcome for each in again] == ["unchanged", "unchanged"]
    with write_transaction(engine, Deed(What.ERASED, "2025年度以前", "张三")) as connection:
        erase_before(connection, 2025)
    assert "欧阳测试" not in everything(engine)
    assert verify(engine).differences == ()
    engine.dispose()


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [
        ("张三", Personal.NAME, "张*"),
        ("阿卜杜拉·艾合买提", Personal.NAME, "阿***"),
        ("某科技公司", Personal.NAME, "某科技公司"),
        ("综合科", Personal.NAME, "综合科"),
        ("中国移动", Personal.NAME, "中国移动"),
        ("阳光物业", Personal.NAME, "阳光物业"),
        ("欧阳电力", Personal.NAME, "欧***"),
        ("扎西次仁", Personal.NAME, "扎***"),
        ("李平安", Personal.NAME, "李**"),
        ("11010519491231002X", Personal.IDENTITY, "110105************"),
        ("E12345678", Personal.IDENTITY, "E1***"),
        ("13912345678", Personal.PHONE, "139****56**"),
        ("测试路99号", Personal.ADDRESS, "测试路***"),
    ],
)
def test_a_value_that_names_people_is_masked(value: str, kind: Personal, shown: str) -> None:
    assert masked(value, kind) == shown


def test_a_text_names_nobody_whom_its_row_or_a_title_names() -> None:
    said = "付张小明劳务费，慰问李四同志、欧阳测试等3人，王府大街修缮"
    names = people_in("张小明、某科技公司")
    assert names == ["张小明"]
    shown = "付张**劳务费，慰问李*同志、欧***等3人，王府大街修缮"
    assert without_people(said, names) == shown


@pytest.mark.parametrize(
    "said",
    [
        *(
            "关于独居老人",
            "由于失能老人多",
            "高龄老人补贴",
            "1.2万孤寡老人",
            "为3万名老人体检",
            "服务3000余名老人",
        ),
        *("发放3万户家属", "许多家属", "任何本人", "方便老人出行", "用于高龄老人"),
    ],
)
def test_who_many_are_is_no_name(said: str) -> None:
    assert without_people(said) == said


def test_a_text_names_nobody_whom_another_row_of_the_department_names(
    engine: Engine, tmp_path: Path
) -> None:
    rows = [
        f"L{n},2024-01-03,纸,1,{who}," for n, who in enumerate(("李测试", "综合科", "退休人员"))
    ]
    hand_in(engine, tmp_path, "consumable_issue", "耗材领用台账", ISSUES, *rows)
    with engine.connect() as connection:
        of = connection.scalar(select(register_tables["consumable_issue"].c.department_id).limit(1))
        known = people_known(connection, [of])
    assert known[of].without("由李测试转交，退休人员慰问金") == "由李**转交，退休人员慰问金"
    assert known[of + 1].without("由李测试转交") == "由李测试转交"


def test_an_audit_finding_names_no_person_who_was_paid() -> None:
    told = {
        ("look_alike", "甲项目｜赵测试｜2024-03-01｜100"): "甲项目｜赵**｜2024-03-01｜1.00元",
        ("split", "甲项目｜某科技公司"): "甲项目｜某科技公司",
        ("payee_once", "赵测试"): "赵**",
        ("over_budget", "甲项目"): "甲项目",
    }
    for (rule, subject), shown in told.items():
        assert RULE[rule].told_subject(subject) == shown
    for rule in ("payee_once", "other_payee"):
        evidence = SimpleNamespace(subject_key="赵测试", other="赵测试")
        if rule == "other_payee":
            evidence.subject_key = "HT-1"
        assert "赵测试" not in RULE[rule].detail(evidence)


def test_numbers_of_people_are_masked_in_any_text_and_others_stay() -> None:
    said = f"（{PLANTED[1]}）电话{PLANTED[2]}、{PLANTED[3]}，金额 1234567890123.45，记-12-0013"
    shown = without_numbers(said)
    assert not any(each in shown for each in PLANTED)
    assert shown.endswith("金额 1234567890123.45，记-12-0013")


@pytest.mark.parametrize(
    "said",
    [
        *("１３９１２３４５６７８", "139 1234 5678", "+86-139-1234-5678", "13912345678元旦值班"),
        *("（010）65432109", "(0791)8654321", "0791 8654321", "0571-87654321转3"),
        *("110105 19491231 002X", "１１０１０５１９４９１２３１００２Ｘ"),
        *("6222021234567890128", "6222 0212 3456 7894"),
        *("110105491231002", "Zhang.San@mail.example.cn", "phone13912345678"),
        *("zhang.san＠example.cn", "li@example.com.xlsx"),
        *("d110105194912310021", "13912345678abc", "ab110105194912310021"),
    ],
)
def test_a_number_of_people_is_masked_however_it_is_spelled(said: str) -> None:
    assert said not in without_numbers(f"请找{said}")


@pytest.mark.parametrize(
    "said",
    [
        *("13912345678元", "139.12345678", "1391234567.50", "20240305139123456780", "记-13912345"),
        *("13912345678千瓦时", "13800000000", "0.13912345678", "13912345678人次", "027-2024001"),
        "6210202403150002",  # of Lanzhou, and no card: its last digit does not prove it
        *("001 12345678", "91360103MA35H1234X", "2024-0571-1234567", "城财预〔2024〕139号"),
        "202403190930001234",
        "110105240401001",  # of a region, a day, the first: nobody was born in 1924 with such one
        "c0ffee13912345678c0ffee0",  # a digest
        *("Q1@2024.xlsx", "pay@2024Q1.csv", "image@2x.png", "3@5.5元"),
    ],
)
def test_a_number_of_something_else_stays(said: str) -> None:
    assert without_numbers(said) == said


def test_what_names_people_is_declared_and_nowhere_else_listed() -> None:
    for declared in load_registers():
        marked = [each.name for each in declared.columns if each.personal]
        stored = [each.name for each in personal_columns(metadata.tables[declared.name])]
        assert marked == stored
