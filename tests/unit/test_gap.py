"""How far it is to what was promised: so many cases, so much money."""

from perf_pipeline.items.gap import gap_of_indicator, gap_of_spending


def words(numerator: int, denominator: int, operator: str, target: str, **more: object) -> str:
    micro = int(float(target) * 1_000_000)
    found = gap_of_indicator(
        numerator,
        denominator,
        operator=operator,
        target_micro=micro,
        unit=str(more.get("unit", "%")),
        measure=str(more.get("measure", "a_rate")),
        counts=bool(more.get("counts", True)),
    )
    return found.words if found else ""


def test_of_a_rate_so_many_cases_more_would_meet_it() -> None:
    assert words(83, 100, ">=", "95") == "再多12件（现为83/100）"
    assert words(94_996, 100_000, ">=", "95") == "再多4件（现为94996/100000）"
    assert words(95, 100, ">", "95") == "再多1件（现为95/100）"
    assert words(95, 100, ">=", "95") == ""


def test_what_a_rate_counts_is_called_by_its_name() -> None:
    survey, towns = "survey_satisfaction_xueliang", "insurance_town_rate"
    assert words(83, 100, ">=", "95", measure=survey) == "再多12人（现为83/100）"
    assert words(83, 100, ">=", "95", measure="insurance_household_rate").startswith("再多12户")
    assert words(83, 100, ">=", "95", measure="device_online_rate").startswith("再多12台次")
    assert words(8, 10, ">=", "95", measure=towns) == "再多2个镇（办）（现为8/10）"
    assert words(1, 1, "=", "0", unit="") == "应为0，现为1"  # 重新犯罪: nobody wrote of what


def test_of_a_limit_so_many_fewer() -> None:
    assert words(7, 100, "<=", "5") == "再少2件（现为7/100）"
    assert words(5, 100, "<", "5") == "再少1件（现为5/100）"
    # none is a limit, and nobody can make less of what happened
    assert words(1, 1, "=", "0", unit="人") == "应为0人，现为1人"
    assert words(1, 1, "<=", "0", unit="人") == "应为0人，现为1人"


def test_of_a_count_so_many_of_its_unit() -> None:
    assert words(43, 1, ">=", "57", unit="处") == "再多14处"


def test_a_percentage_that_somebody_wrote_has_no_cases() -> None:
    assert words(93, 100, ">=", "95", measure="reported", counts=False) == "还差2.00个百分点"
    assert words(99_995, 100_000, ">=", "100", counts=False) == "还差0.005个百分点"
    assert words(1, 3, ">=", "95", counts=False) == "还差61.67个百分点"
    per_mille = words(4_001, 10**8, "<=", "0.004", unit="‰", counts=False)  # ≤0.04‰, kept in %
    assert per_mille == "还差0.000001个百分点"


def test_money_is_told_in_yuan() -> None:
    behind = gap_of_spending(100_000_00, 30_000_00, 5000)
    assert behind is not None
    assert (behind.words, behind.fen) == ("比计划少支付20,000.00元", 20_000_00)
    over = gap_of_spending(100_00, 150_01, 5000)
    assert over is not None
    assert over.words == "超出预算50.01元"
    assert gap_of_spending(None, 1, 1) is None
