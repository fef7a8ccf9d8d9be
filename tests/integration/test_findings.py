"""Findings of the audit are read, answered and remembered: by command, by workbook, across runs."""

import json
from datetime import date, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import Engine

from perf_pipeline.alerts.configuration import load_configuration
from perf_pipeline.alerts.raising import raise_alerts
from perf_pipeline.alerts.stored import read_alerts
from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.clock import LOCAL
from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.domain.finding import FindingVerdict, finding_number
from perf_pipeline.domain.limits import AuditLimits
from perf_pipeline.items.kind import ItemKind
from perf_pipeline.items.standings import Item, read_items
from perf_pipeline.items.state import State
from perf_pipeline.measures.audit import audit_ledgers
from perf_pipeline.measures.findings import (
    Finding,
    confirmed,
    findings_at,
    first_of_each_rule,
    say_verdict,
)
from perf_pipeline.printing.audit import as_rows
from perf_pipeline.reports.verdict_workbook import write_workbooks
from perf_pipeline.warehouse.loading import load_register
from tests.integration.test_audit import COUNSEL, PATROL, audited
from tests.year import DEPARTMENT, QUARTERS

YEAR_END = QUARTERS[3]
# 30 payees seen once and two payments alike: the many must not hide the two
MANY = [f"记-{n},2024-03-01,{PATROL},{20_000 + n}.01,财政资金,丙{n},合9" for n in range(1, 31)]
ALIKE = [f"付-{n},2024-03-02,{COUNSEL},500,财政资金,甲,合9" for n in (1, 2)]


def found(engine: Engine, at: Checkpoint = YEAR_END) -> list[Finding]:
    with engine.connect() as connection:
        return [each for mine in findings_at(connection, at).values() for each in mine]


def only(engine: Engine, rule: str) -> Finding:
    (one,) = [each for each in found(engine) if each.rule == rule]
    return one


@pytest.mark.on_sqlite
def test_a_rule_with_many_findings_hides_no_other(engine: Engine, tmp_path: Path) -> None:
    audited(engine, tmp_path, [*MANY, *ALIKE])
    everything = found(engine)
    assert len(everything) == 31
    shown = first_of_each_rule(everything, 3)
    assert [(each.label, each.amount_fen) for each in shown] == [
        ("疑似重复付款", 100_000),
        ("只出现一次的收款单位", 2_003_001),
        ("只出现一次的收款单位", 2_002_901),
        ("只出现一次的收款单位", 2_002_801),
    ]


def test_a_verdict_stays_with_its_finding_and_tells_of_new_evidence(
    engine: Engine, tmp_path: Path
) -> None:
    audited(engine, tmp_path, ALIKE)
    alike = only(engine, "look_alike")
    assert alike.verdict_text == "待核查"
    say_verdict(
        engine,
        YEAR_END,
        alike.number.lower(),
        FindingVerdict.EXPLAINED,
        person="某某",
        words="两个月的费用",
    )
    assert only(engine, "look_alike").settled
    audited(engine, tmp_path, [*ALIKE, ALIKE[0].replace("付-1", "付-3")])
    again = only(engine, "look_alike")
    assert again.number == alike.number
    assert not again.settled
    assert again.verdict_text == "已解释（某某：两个月的费用）；此后新增1行证据"


def test_a_verdict_needs_a_person_words_and_a_finding(engine: Engine, tmp_path: Path) -> None:
    audited(engine, tmp_path, ALIKE)
    number = only(engine, "look_alike").number
    mistaken = FindingVerdict.MISTAKEN
    for person, words in (("", "查过"), ("某某", " ")):
        with pytest.raises(ConfigurationError, match=r"核查结论要写明|署名"):
            say_verdict(engine, YEAR_END, number, mistaken, person=person, words=words)
    with pytest.raises(ConfigurationError, match="没有编号为 L000 的审计线索"):
        say_verdict(engine, YEAR_END, "L000", mistaken, person="某某", words="查过")
    assert only(engine, "look_alike").said is None


def test_verdicts_come_by_workbook_and_the_later_word_counts(
    engine: Engine, tmp_path: Path
) -> None:
    audited(engine, tmp_path, [*MANY, *ALIKE])
    ((path, written, left),) = write_workbooks(engine, YEAR_END, tmp_path, most=2)
    assert (written, left) == (3, 28)
    assert list(write_workbooks(engine, YEAR_END, tmp_path, most=2)) == [(path, 0, 0)]
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    labels = [cell.value for cell in sheet[3]]
    at = {label.split("（")[0].strip(): n for n, label in enumerate(labels, 1) if label}
    for row in (4, 5):
        sheet.cell(row, at["核查结论"]).value = "属实" if row == 4 else "误报"
        sheet.cell(row, at["核查情况"]).value = "查了凭证"
        sheet.cell(row, at["核查人"]).value = "某某"
    book.save(path)
    (outcome,) = load_register(engine, tmp_path, "audit_verdict")
    assert (outcome.rows_loaded, outcome.rows_quarantined) == (2, 0)
    alike = only(engine, "look_alike")
    assert alike.verdict_text == "属实（某某：查了凭证）"
    with engine.connect() as connection:
        assert [each.number for each in confirmed(connection, YEAR_END)] == [alike.number]
    say_verdict(
        engine, YEAR_END, alike.number, FindingVerdict.MISTAKEN, person="乙", words="看错了"
    )
    assert only(engine, "look_alike").settled
    with engine.connect() as connection:
        assert confirmed(connection, YEAR_END) == ()
    rows = json.loads(json.dumps(as_rows(found(engine))))
    assert [row["verdict"] for row in rows].count("mistaken") == 2


def test_what_is_settled_comes_last_of_its_rule(engine: Engine, tmp_path: Path) -> None:
    audited(engine, tmp_path, MANY[:3])
    largest = found(engine)[0]
    say_verdict(
        engine, YEAR_END, largest.number, FindingVerdict.MISTAKEN, person="某某", words="新供应商"
    )
    assert found(engine)[-1].number == largest.number
    audit_ledgers(engine, YEAR_END, AuditLimits())
    assert found(engine)[-1].settled


def test_what_is_found_true_is_an_item_of_its_pattern_until_it_is_no_longer(
    engine: Engine, tmp_path: Path
) -> None:
    twice = [f"付-{n},2024-04-02,{COUNSEL},700,财政资金,乙,合9" for n in (3, 4)]
    audited(engine, tmp_path, [*MANY, *ALIKE, *twice])
    first, second = (each.number for each in found(engine) if each.rule == "look_alike")
    configuration = load_configuration(tmp_path)

    def say(number: str, verdict: FindingVerdict, day: datetime) -> list[Item]:
        say_verdict(engine, YEAR_END, number, verdict, person="某某", words="查了凭证和合同")
        raise_alerts(engine, YEAR_END, configuration, moment=day)
        with engine.connect() as connection:
            items = read_items(connection, 2024, day.date(), configuration.items)
        return [each for each in items if each.kind == ItemKind.PATTERN]

    day = datetime(2025, 1, 8, 9, tzinfo=LOCAL)
    say(first, FindingVerdict.CONFIRMED, day)
    (item,) = say(second, FindingVerdict.CONFIRMED, day)
    assert (item.subject, item.standing.state) == ("疑似重复付款", State.OPENED)
    assert item.standing.due_on == date(2025, 1, 22)
    assert item.problem == "属实2件"
    with engine.connect() as connection:
        (one, _) = read_alerts(connection, [1, 2])
    assert "（2行，1400.00元）；某某核查：查了凭证和合同" in one.gap
    (item,) = say(first, FindingVerdict.EXPLAINED, day + timedelta(days=1))
    assert item.problem == "属实1件"
    (item,) = say(second, FindingVerdict.MISTAKEN, day + timedelta(days=2))
    assert item.standing.state is State.CLOSED


def test_what_is_found_true_stands_until_it_was_audited_again(
    engine: Engine, tmp_path: Path
) -> None:
    audited(engine, tmp_path, [*MANY, *ALIKE], quarter=2)
    (one,) = (each for each in found(engine, QUARTERS[2]) if each.rule == "look_alike")
    configuration = load_configuration(tmp_path)
    day = datetime(2024, 11, 5, 9, tzinfo=LOCAL)
    verdict = FindingVerdict.CONFIRMED
    say_verdict(engine, QUARTERS[2], one.number, verdict, person="某某", words="查了凭证")
    raise_alerts(engine, QUARTERS[2], configuration, moment=day)
    later = datetime(2025, 1, 8, 9, tzinfo=LOCAL)
    raise_alerts(engine, YEAR_END, configuration, moment=later)  # not audited there yet
    with engine.connect() as connection:
        items = read_items(connection, 2024, later.date(), configuration.items)
    (item,) = (each for each in items if each.kind == ItemKind.PATTERN)
    assert item.standing.state is not State.CLOSED


def test_numbers_tell_findings_apart_by_office_year_rule_and_subject() -> None:
    places = [
        (DEPARTMENT, 2024, "split", "甲"),
        (DEPARTMENT, 2025, "split", "甲"),
        (DEPARTMENT, 2024, "look_alike", "甲"),
        (DEPARTMENT, 2024, "split", "乙"),
        ("other", 2024, "split", "甲"),
    ]
    numbers = {finding_number(*each) for each in places}
    assert len(numbers) == len(places)
    assert all(len(each) == 10 and each.isalnum() for each in numbers)
