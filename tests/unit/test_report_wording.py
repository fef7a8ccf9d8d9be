"""The sentences of the quarterly report: numbers that add up, and what is not known is said."""

import re
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from perf_pipeline.domain.limits import Limits
from perf_pipeline.domain.outlook import Likelihood
from perf_pipeline.domain.status import STATUS_LABELS, Light, Status
from perf_pipeline.domain.time_limits import LimitState
from perf_pipeline.measures.findings import Finding
from perf_pipeline.monitoring.spending import judge_spending
from perf_pipeline.monitoring.spending_lines import spending_lines
from perf_pipeline.reports import wording
from perf_pipeline.reports.amounts import wan
from perf_pipeline.reports.foretold import Outlook
from perf_pipeline.reports.model import (
    CaseLimitLine,
    FileNote,
    Project,
    QuarantineNote,
    SpendingLine,
)
from perf_pipeline.warehouse.judgements import SpendingSum
from tests.one_money import money
from tests.result_rows import row_of
from tests.unit.test_report_lines import Q2, indicator, report, spending
from tests.year import ROOT

MONEY = st.integers(0, 10**13)
PETITIONS = "信访事项台账"


def test_brackets_around_chinese_words_of_a_page_are_chinese() -> None:
    """They are of the message, so that each language has its own."""
    templates = (ROOT / "perf_pipeline/reports/templates").glob("*.j2")
    found = [re.findall(r'.* [(]\{\{ ".*', each.read_text("utf-8")) for each in templates]
    assert not any(found), found


def numbers(sentence: str, unit: str) -> list[int]:
    return [int(found) for found in re.findall(rf"(\d+){unit}", sentence)]


def file(kind: str = PETITIONS, **changes: object) -> FileNote:
    return replace(
        FileNote(kind, "2024/a/registers/台账.csv", 1, "ab" * 32, "loaded", None, 10, 7, 2, 1),
        **changes,  # type: ignore[arg-type]
    )


def case(days_overdue: int) -> CaseLimitLine:
    state = LimitState.OVERDUE if days_overdue > 0 else LimitState.SOON
    due = Q2.ends_on - timedelta(days_overdue)
    return row_of(
        CaseLimitLine,
        register_label=PETITIONS,
        case_key="信访1",
        label="办结",
        due_on=due,
        days_overdue=days_overdue,
        state=state,
        place="第2行",
    )


def foretold(point: int | None, **values: object) -> Outlook:
    told = {"point": point, "low80": point, "high80": point, "measured_in": "count", "unit": "个"}
    return row_of(Outlook, **{**told, "reason": "按进度", **values})


@given(st.lists(st.sampled_from(Status), min_size=1, max_size=80))
def test_the_counts_of_a_status_sentence_add_up_to_all_indicators(statuses: list[Status]) -> None:
    said = wording.status_sentence([indicator(status=status) for status in statuses])
    whole, *parts = numbers(said, "项")
    assert whole == len(statuses) == sum(parts)
    for status, label in STATUS_LABELS.items():
        assert (f"{label}{statuses.count(status)}项" in said) == (status in statuses)
    assert ("不视为达标" in said) == (Status.NO_DATA in statuses)


@st.composite
def judged_lines(draw: st.DrawFn) -> SpendingLine:
    return spending(
        draw(st.text("甲乙丙丁", min_size=1, max_size=3)),
        budget_fen=draw(st.none() | MONEY),
        paid_fen=draw(st.none() | MONEY),
        planned_bp=draw(st.none() | st.integers(0, 10_000)),
        light=draw(st.sampled_from(Light)),
    )


def together(lines: list[SpendingLine]) -> tuple[SpendingSum, ...]:
    """The sums of some projects' spending, as they are judged and stored."""
    names = ("project_name", "budget_fen", "paid_fen", "planned_bp", "planned_label")
    told = [{name: getattr(line, name) for name in names} for line in lines]
    rows = [judge_spending(money(**each), Limits()) for each in told]
    sums = (line._asdict() for line in spending_lines(rows, {}))
    return tuple(SpendingSum.of(row, id=0, snapshot_id=0) for row in sums)


@given(st.lists(judged_lines(), min_size=1, max_size=20))
def test_totals_are_sums_of_the_lines_that_can_be_summed_and_name_the_others(
    lines: list[SpendingLine],
) -> None:
    told = replace(report(*lines), sums=together(lines))
    total = told.total
    assert total is not None
    known = [
        line
        for line in lines
        if line.paid_fen is not None
        and (line.budget_fen == 0 or None not in (line.budget_fen, line.planned_bp))
    ]
    assert total.projects + total.left_out == len(lines)
    assert total.projects == len(known)
    said = wording.spending_sentence(told)
    assert ("未计入合计" in said) == bool(total.left_out)
    if not total.budget_fen:
        assert "执行率" not in said
        return
    assert total.budget_fen == sum(line.budget_fen or 0 for line in known)
    assert total.paid_fen == sum(line.paid_fen or 0 for line in known)
    assert total.paid_fen is not None
    planned = sum((line.planned_bp or 0) * (line.budget_fen or 0) for line in known)
    exact = (
        Fraction(100 * total.paid_fen, total.budget_fen),
        Fraction(planned, 100 * total.budget_fen),
    )
    shares = [Fraction(total.told(name)[:-1]) for name in ("actual_bp", "planned_bp")]
    away = Fraction(total.told("deviation_bp").removesuffix("个百分点"))
    for said_share, share in zip((*shares, away), (*exact, exact[0] - exact[1]), strict=True):
        assert abs(said_share - share) <= Fraction(1, 200)
    # which is more, and whether they are alike, is seen in each way of telling it
    assert sign(exact[0] - exact[1]) == sign(shares[0] - shares[1]) == sign(away)
    assert f"合计{wan(total.budget_fen)}万元" in said
    assert f"累计执行{wan(total.paid_fen)}万元" in said
    assert f"执行率{total.told('actual_bp')}" in said


def sign(value: Fraction) -> int:
    return (value > 0) - (value < 0)


@given(st.lists(st.none() | st.sampled_from(Likelihood), min_size=1, max_size=40))
def test_the_counts_of_the_outlook_add_up_to_all_that_was_to_be_foretold(
    found: list[Likelihood | None],
) -> None:
    outlooks = [foretold(1, likelihood=each) if each else None for each in found]
    said = wording.outlook_sentence(outlooks, year_over=False)
    if any(found):
        whole, *parts = numbers(said, "个")
        assert whole == len(found) == sum(parts)
        for word, label in ((word, word.label) for word in Likelihood):
            assert (f"{label}{found.count(word)}个" in said) == (word in found)
    else:
        assert said == "没有作出全年预计。"


def test_what_cannot_be_foretold_is_counted_and_is_no_likelihood() -> None:
    nothing = foretold(None, reason="数据太少，暂不能预计")
    unjudged = foretold(5)
    said = wording.outlook_sentence([nothing, unjudged], year_over=True)
    assert "2个预计对象中，有预计值而不判断可能性的1个、不能或不需预计的1个。" in said
    assert "全年实际" in said


def test_a_deviation_is_open_until_staff_give_a_reason() -> None:
    late = spending(light=Light.RED)
    told = spending(light=Light.RED, cause="经费保障", cause_words="拨款晚", hint="无支付")
    assert wording.deviation_sentence(report(late)) == "共有1项偏差，均待部门说明原因。"
    half = wording.deviation_sentence(report(late, told))
    assert "共有2项偏差，1项已收到部门说明的原因，1项待说明。" in half
    assert "系统提示" in half
    assert "均已收到" in wording.deviation_sentence(report(told))
    assert "没有发现" in wording.deviation_sentence(report(spending()))


def test_cases_without_a_register_are_unknown_and_not_none() -> None:
    unknown = wording.limit_sentence(report(), [PETITIONS])
    assert unknown == f"没有收到{PETITIONS}，办理时限无法判断。"
    received = replace(report(), received=(PETITIONS,))
    assert wording.limit_sentence(received, [PETITIONS]).startswith("没有超期未办的案件")
    partly = wording.limit_sentence(received, [PETITIONS, "调解台账"])
    assert partly.endswith("没有收到调解台账，不在其内。")
    counted = replace(received, case_limits=(case(3), case(-2), case(-9)))
    assert "超期未办1件，下一检查点之前到期2件" in wording.limit_sentence(counted, [PETITIONS])


def test_rows_of_files_are_summed_and_refused_files_counted() -> None:
    found = replace(report(), files=(file(), file(outcome="refused", rows_read=0, rows_loaded=0)))
    said = wording.sources(found)
    assert "2个数据文件" in said
    assert "共读取10行，入库7行，隔离4行（其中4行已改正），跳过2行" in said
    assert said.endswith("其中1个文件未能读取。")
    assert wording.sources(report()) == "没有收到本年度的数据文件。"


def test_what_a_projects_money_is_for_is_what_its_document_says() -> None:
    bare = Project("信访维稳经费", None, None, ())
    told = replace(bare, code="2010308", purpose="用于信访维稳。")
    assert wording.purpose(told) == "信访维稳经费（项目编码2010308）：用于信访维稳。"
    assert wording.purpose(bare) == "信访维稳经费：绩效目标文件没有写明资金用途"


def test_indicators_without_data_are_named_and_those_that_nothing_feeds_are_told_apart() -> None:
    fed = indicator(status=Status.NO_DATA)
    unfed = indicator(status=Status.NO_DATA, measure=None, project_name=None, section="普法")
    said = wording.missing_sentence([fed, unfed, indicator()])
    assert said.startswith("2项指标没有数据，其中1项在指标与度量对照表中没有对应的度量：")
    assert said.endswith("信访维稳经费：结案率；普法：结案率。")
    assert wording.missing_sentence([indicator()]) == "各项到期指标都有数据。"
    assert wording.missing_sentence([]) == "没有绩效指标。"


def test_the_audits_findings_are_no_verdicts() -> None:
    line = Finding("先付款后签约", "k", None, "早于合同", 2, 100, "第4行")
    said = wording.audit_sentence(replace(report(), audit=(line, line)))
    assert said.startswith("台账审计发现2条线索：先付款后签约2条。")
    assert "不是结论" in said


def test_quarantined_rows_are_in_no_figure() -> None:
    found = replace(report(), quarantine=(QuarantineNote(PETITIONS, "日期有误", 3),))
    assert "现有3行" in wording.quarantine_sentence(found)
    assert wording.quarantine_sentence(report()) == "没有被隔离的行。"


def test_a_place_goes_without_year_and_department() -> None:
    assert wording.short_place(report(), "2024/a/registers/台账.csv") == "registers/台账.csv"
    assert wording.short_place(report(), "2024/b/台账.csv") == "2024/b/台账.csv"
