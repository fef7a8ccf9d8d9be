"""Proposals for handling: each rests on facts of the report, and no fact gives no proposal."""

from dataclasses import replace

import pytest

from perf_pipeline.domain.calendar import FiscalCalendar
from perf_pipeline.domain.outlook import Likelihood
from perf_pipeline.domain.status import Light, Status
from perf_pipeline.domain.time_limits import LimitState
from perf_pipeline.measures.findings import Finding
from perf_pipeline.reports.foretold import Outlook
from perf_pipeline.reports.handling import FACTS, Proposal, proposals, rules
from perf_pipeline.reports.model import (
    CaseLimitLine,
    FileNote,
    IndicatorLine,
    QuarantineNote,
    QuarterReport,
    SpendingLine,
)
from tests.result_rows import row_of
from tests.unit.test_report_lines import Q2, indicator, report, spending

Q4 = FiscalCalendar((3, 6, 10, 12)).checkpoint("2024-12")
TOLD = {"cause": "其他", "cause_words": "已说明"}


def found(told: QuarterReport) -> dict[str, Proposal]:
    return {each.rule.name: each for each in proposals(told)}


def likely(likelihood: Likelihood) -> Outlook:
    told = {"point": 8000, "low80": 7500, "high80": 8500, "measured_in": "bp"}
    return row_of(Outlook, **told, likelihood=likelihood, reason="按进度推算")


def test_where_all_is_well_nothing_is_proposed() -> None:
    assert proposals(report(spending(), indicator())) == ()
    assert proposals(report()) == ()


@pytest.mark.parametrize(
    ("line", "rule", "word"),
    [
        (spending(light=Light.RED, **TOLD), "支出预警", "督促整改"),
        (spending(light=Light.YELLOW, **TOLD), "支出偏慢", "督促加快"),
        (spending(light=Light.AHEAD, **TOLD), "支出超前", "核实"),
        (spending(light=Light.UNKNOWN, budget_fen=None), "支出无法判断", "补充资料"),
        (
            spending(light=Light.RED, paid_fen=80_000_001, **TOLD),
            "支出超出预算",
            "核实纠正",
        ),
        (
            spending(light=Light.RED, history=(Light.RED, Light.RED), **TOLD),
            "连续两个检查点支出预警",
            "整改，研究暂缓拨付",
        ),
        (indicator(status=Status.MISSED, **TOLD), "指标未达标", "督促整改"),
        (indicator(status=Status.BEHIND, **TOLD), "指标进度落后", "督促加快"),
        (indicator(status=Status.NO_DATA), "指标没有数据", "补充资料"),
        (indicator(status=Status.NO_DATA, measure=None), "指标没有对应的度量", "补充资料"),
        (
            indicator(outlook=likely(Likelihood.IMPOSSIBLE)),
            "预计完不成全年目标",
            "补救，或按程序调整",
        ),
        (
            indicator(outlook=likely(Likelihood.POSSIBLE)),
            "能否完成全年目标没有把握",
            "重点跟踪",
        ),
    ],
)
def test_each_fact_leads_to_its_rule_alone_and_names_its_figure(
    line: SpendingLine | IndicatorLine, rule: str, word: str
) -> None:
    (proposal,) = proposals(report(line))
    assert (proposal.rule.name, proposal.rule.action) == (rule, word)
    (fact,) = proposal.facts
    assert line.figure in fact
    assert proposal.rule.basis


def test_a_deviation_without_a_reason_is_to_be_explained() -> None:
    told = found(report(spending(light=Light.RED), indicator(status=Status.MISSED)))
    assert len(told["偏差没有说明原因"].facts) == 2


def test_when_the_year_is_over_nothing_is_to_be_hastened() -> None:
    lines = (
        spending(light=Light.YELLOW, history=(Light.RED, Light.RED), **TOLD),
        indicator(status=Status.MISSED, outlook=likely(Likelihood.IMPOSSIBLE), **TOLD),
    )
    told = found(replace(report(*lines), checkpoint=Q4))
    assert set(told) == {"年终未按计划执行", "年终指标未完成"}
    assert "未执行41.85万元" in told["年终未按计划执行"].facts[0]


def test_overdue_cases_are_told_with_the_law_that_sets_their_limit() -> None:
    late = row_of(
        CaseLimitLine,
        register_label="信访事项台账",
        case_key="信访1",
        label="办结",
        due_on=Q2.ends_on,
        days_overdue=3,
        state=LimitState.OVERDUE,
    )
    soon = replace(late, days_overdue=-3, state=LimitState.SOON)
    told = found(replace(report(), case_limits=(late, soon, soon)))
    (fact,) = told["案件超期未办"].facts
    assert fact.startswith("信访事项台账：超期未办1件（办结，期限依据《信访工作条例》")
    assert "到期2件" in told["案件即将到期"].facts[0]


def test_files_rows_and_findings_are_to_be_mended_or_verified() -> None:
    refused = FileNote(
        "支付台账", "2024/a/支付台账.xlsx", 1, "ab" * 32, "refused", "加密", 0, 0, 0, 0
    )
    told = found(
        replace(
            report(),
            files=(refused,),
            quarantine=(QuarantineNote("支付台账", "日期有误", 3),),
            audit=(Finding("先付款后签约", "k", None, "早于合同", 2, 100, "第4行"),),
        )
    )
    assert told["文件未能读取"].facts == ("支付台账.xlsx：加密",)
    assert told["有隔离的行"].facts == ("支付台账：日期有误（3行）",)
    assert told["台账审计线索"].rule.action == "核实"
    assert "不是结论" in told["台账审计线索"].rule.basis


def test_every_rule_is_named_once_and_rests_on_a_text() -> None:
    assert len({rule.name for rule in rules()}) == len(rules())
    assert all(rule.basis and rule.text.endswith("。") for rule in rules())


def test_every_rule_looks_for_what_is_known_and_nothing_is_looked_for_in_vain() -> None:
    assert {rule.facts for rule in rules()} == FACTS.keys()
