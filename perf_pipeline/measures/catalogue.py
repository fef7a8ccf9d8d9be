"""All measures, by code: what the map from indicators to measures may name."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, Table, and_, func, literal, select, union_all

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.measures.measure import (
    Aggregate,
    Condition,
    Measure,
    distinct,
    handed_in,
    happened,
    in_period,
    quotient,
    rate,
    source_rows,
    total,
    within,
)
from perf_pipeline.measures.petitions import CONTENT, PETITION_MEASURES
from perf_pipeline.measures.safeguards import SAFEGUARD_MEASURES
from perf_pipeline.warehouse.budgets import adjustments_in_force, never_adjusted
from perf_pipeline.warehouse.known import current
from perf_pipeline.warehouse.schema import register_tables

# measures that count the period since the last checkpoint, not the year so far
OF_MONEY = frozenset({"execution_rate"})  # shares of money: their counts are fen
OF_THE_PERIOD = frozenset(
    {"devices_inspected", "device_intact_rate", "device_online_rate", "device_foundation_rate"}
)
# rates whose denominator stands from the year's beginning: more time brings no more cases
OF_A_FIXED_BASE = frozenset({"execution_rate", "insurance_household_rate", "insurance_town_rate"})
# rates whose open cases may still succeed later: what is not in the numerator is not yet lost
STILL_OPEN = frozenset(
    {
        "petition_superior_closed",
        "petition_leader_closed",
        "petition_key_resolved",
        "mediation_resolution_rate",
    }
)
REPORTED = "reported"  # in the map: the value is handed in by staff, not computed


def _concluded(table: Table, checkpoint: Checkpoint) -> Condition:
    return and_(
        within(table.c.accepted_on, checkpoint),
        happened(table.c.closed_on, checkpoint),
        table.c.outcome != "当事人撤回",
    )


def _mediated(table: Table, _checkpoint: Checkpoint) -> Condition:
    return table.c.outcome == "调解成功"


def _mediation_rated(table: Table, checkpoint: Checkpoint) -> Condition:
    return and_(
        within(table.c.accepted_on, checkpoint),
        happened(table.c.closed_on, checkpoint),
        table.c.satisfaction.is_not(None),
    )


def _content(table: Table, _checkpoint: Checkpoint) -> Condition:
    return table.c.satisfaction.in_(CONTENT)


def _inspected(table: Table, checkpoint: Checkpoint) -> Condition:
    return in_period(table.c.inspected_on, checkpoint)


def _held(table: Table, checkpoint: Checkpoint) -> Condition:
    return within(table.c.held_on, checkpoint)


def _latest_enrolment(table: Table, checkpoint: Checkpoint) -> Condition:
    """Each town's newest cumulative row in the year so far."""
    later = table.alias("newest")
    newest = (
        select(func.max(later.c.as_of))
        .where(
            later.c.department_id == table.c.department_id,
            later.c.town == table.c.town,
            later.c.fiscal_year == table.c.fiscal_year,
            current(later, checkpoint),
            later.c.as_of <= checkpoint.ends_on,
        )
        .scalar_subquery()
    )
    return and_(within(table.c.as_of, checkpoint), table.c.as_of == newest)


def _enrolled(table: Table, _checkpoint: Checkpoint) -> Condition:
    return table.c.enrolled_households > 0


def _inspection(code: str, label: str, column: str, what: str) -> Measure:
    def hit(table: Table, _checkpoint: Checkpoint) -> Condition:
        return table.c[column].is_(True)

    return rate(
        code,
        label,
        f"上一检查点以来的巡检中{what}的台次 ÷ 巡检台次",
        "device_inspection",
        due=_inspected,
        hit=hit,
    )


def _surveys(name: str, topic: str) -> tuple[Measure, Measure]:
    def about(table: Table, checkpoint: Checkpoint) -> Condition:
        return and_(table.c.topic == topic, within(table.c.surveyed_on, checkpoint))

    return (
        quotient(
            f"survey_satisfaction_{name}",
            f"{topic}满意度",
            f"对{topic}满意的人数 ÷ 有效问卷数，年初以来各次调查合计",
            "satisfaction_survey",
            over=about,
            numerator="satisfied",
            denominator="valid_responses",
        ),
        quotient(
            f"survey_awareness_{name}",
            f"{topic}知晓率",
            f"知晓{topic}的人数 ÷ 有效问卷数，年初以来各次调查合计",
            "satisfaction_survey",
            over=about,
            numerator="aware",
            denominator="valid_responses",
        ),
    )


def _execution_rows(checkpoint: Checkpoint) -> Select[Any]:
    payment, budget = register_tables["payment"], register_tables["budget"]
    adjusted = register_tables["budget_adjustment"]
    in_force = select(adjustments_in_force(checkpoint).c.id)
    both = union_all(
        source_rows(
            payment,
            numerator=payment.c.amount_fen,
            denominator=literal(0),
            where=within(payment.c.paid_on, checkpoint),
            checkpoint=checkpoint,
        ),
        *(
            source_rows(
                table,
                numerator=literal(0),
                denominator=table.c.total_fen,
                where=and_(table.c.total_fen > 0, handed_in("payment", table, checkpoint), counts),
                checkpoint=checkpoint,
            )
            for table, counts in (
                (budget, never_adjusted(checkpoint)),
                (adjusted, adjusted.c.id.in_(in_force)),
            )
        ),
    ).subquery()
    return select(both)


def _paid(table: Table, checkpoint: Checkpoint) -> Condition:
    return within(table.c.paid_on, checkpoint)


MEASURES: tuple[Measure, ...] = (
    total(
        "paid_fen",
        "累计支付（分）",
        "年初以来的支付金额合计",
        "payment",
        over=_paid,
        column="amount_fen",
    ),
    total("payments", "支付笔数", "年初以来的支付笔数", "payment", over=_paid),
    Measure(
        "execution_rate",
        "预算执行率",
        "年初以来的累计支付 ÷ 检查点时有效的全年预算",
        Aggregate.RATE,
        _execution_rows,
    ),
    *PETITION_MEASURES,
    rate(
        "mediation_resolution_rate",
        "调解成功率",
        "调解成功的案件 ÷ 已结案且未撤回的案件",
        "mediation_case",
        due=_concluded,
        hit=_mediated,
    ),
    rate(
        "mediation_satisfaction",
        "人民调解满意率",
        "评价为满意或基本满意的案件 ÷ 已评价的案件",
        "mediation_case",
        due=_mediation_rated,
        hit=_content,
    ),
    distinct(
        "devices_inspected",
        "巡检设备数",
        "上一检查点以来巡检到的不同设备数",
        "device_inspection",
        over=_inspected,
        column="device_no",
    ),
    _inspection("device_intact_rate", "设备完好率", "intact", "设备完好"),
    _inspection("device_online_rate", "设备在线率", "online", "设备在线"),
    _inspection("device_foundation_rate", "立杆基础完好率", "foundation_intact", "立杆基础完好"),
    quotient(
        "insurance_household_rate",
        "参保完成率",
        "各镇（办）最新的参保户数合计 ÷ 常住户数合计",
        "insurance_enrolment",
        over=_latest_enrolment,
        numerator="enrolled_households",
        denominator="households",
    ),
    rate(
        "insurance_town_rate",
        "保险覆盖率",
        "已有参保户的镇（办）数 ÷ 镇（办）数",
        "insurance_enrolment",
        due=_latest_enrolment,
        hit=_enrolled,
    ),
    quotient(
        "insurance_cost_per_household",
        "每户投保金额",
        "累计保费（元）÷ 参保户数",
        "insurance_enrolment",
        over=_latest_enrolment,
        numerator="premium_fen",
        denominator="enrolled_households",
        denominator_times=100,
    ),
    total(
        "publicity_activities",
        "宣传活动次数",
        "年初以来的宣传活动次数",
        "publicity_activity",
        over=_held,
    ),
    total(
        "publicity_materials",
        "发放宣传品数量",
        "年初以来发放的宣传品数量",
        "publicity_activity",
        over=_held,
        column="materials",
    ),
    distinct(
        "publicity_forms",
        "宣传种类",
        "年初以来用过的不同宣传形式数",
        "publicity_activity",
        over=_held,
        column="form",
    ),
    *_surveys("xueliang", "雪亮工程"),
    *_surveys("zongzhi", "综治宣传"),
    *_surveys("insurance", "治安保险"),
    *_surveys("stability", "维稳工作"),
    *_surveys("legal", "涉法涉诉"),
    *SAFEGUARD_MEASURES,
)

_BY_CODE = {measure.code: measure for measure in MEASURES}


def measure(code: str) -> Measure:
    """Return the measure of that code; raises ConfigurationError when there is none."""
    try:
        return _BY_CODE[code]
    except KeyError:
        raise ConfigurationError(f"没有代码为“{code}”的度量") from None


def known_codes() -> frozenset[str]:
    """Return every code that the map from indicators to measures may name."""
    return frozenset({*_BY_CODE, REPORTED})
