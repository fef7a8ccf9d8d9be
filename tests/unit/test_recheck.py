"""The re-check of self-evaluations: each kind of inflated form is found, an honest one is not."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from perf_pipeline.documents.extract import extract_document
from perf_pipeline.domain.recheck import RecheckRules
from perf_pipeline.domain.scoring import Verdict
from perf_pipeline.monitoring.recheck.judge import recheck, without_form
from perf_pipeline.monitoring.recheck.model import HandedIn, OwnProject, Rechecked
from perf_pipeline.monitoring.recheck.sample import draw
from tests.self_evaluations import HONEST, OWN, Row, write_form

RULES = RecheckRules()


def rechecked(path: Path, own: OwnProject = OWN, rules: RecheckRules = RULES) -> Rechecked:
    document = extract_document(path, assumed_year=2024)
    (form,) = document.projects
    return recheck(HandedIn(path.name, document.sha256, form), document, own, rules)


def changed(nth: int, **values: str) -> tuple[Row, ...]:
    rows = list(HONEST)
    rows[nth] = replace(rows[nth], **values)
    return tuple(rows)


def rules_of(found: Rechecked) -> list[str]:
    return sorted(each.rule for each in found.faults)


def test_an_honest_form_keeps_its_score(tmp_path: Path) -> None:
    found = rechecked(write_form(tmp_path / "a.xlsx"))
    assert rules_of(found) == []
    assert (found.self_score_centi, found.score_centi) == (9800, 9800)
    assert (found.quality_centi, found.unverified_centi) == (10_000, 0)
    assert {line.deviation_bp for line in found.lines} == {0}


FULL = tuple(replace(row, score=row.weight) for row in HONEST)
EXACT = tuple(replace(row, actual=row.target.lstrip("≥"), score=row.weight) for row in HONEST)
SIBLINGS = {
    "every score full": (
        {"rows": FULL, "total": "100", "execution_score": "10"},
        ["all_full_marks", "below_target_with_full_marks", "execution_score"],
    ),
    "every value on target": (
        {"rows": EXACT, "total": "99"},
        ["actual_differs"] * 5 + ["all_exactly_on_target", "all_full_marks"],
    ),
    "a total that does not add": ({"total": "99.5"}, ["total_differs"]),
    "weights that do not add": (
        {"rows": changed(0, weight="25", score="25"), "total": "103"},
        ["weights_do_not_sum"],
    ),
    "an actual value better than the registers'": (
        {"rows": changed(1, actual="99%")},
        ["actual_differs"],
    ),
    "below target with full marks": (
        {"rows": changed(2, score="10", reason=""), "total": "99"},
        ["all_full_marks", "below_target_with_full_marks"],
    ),
    "a score off the formula": (
        {"rows": changed(2, score="9.5"), "total": "98.5"},
        ["score_off_formula"],
    ),
    "marks beyond the weight": (
        {"rows": changed(0, score="22"), "total": "100"},
        ["score_beyond_weight", "score_off_formula"],
    ),
    "an indicator left out": (
        {"rows": HONEST[:3] + HONEST[4:], "total": "68"},
        ["missing", "weights_do_not_sum"],
    ),
    "an indicator renamed": ({"rows": changed(1, name="事项一次办结率")}, ["renamed"]),
    "an indicator of its own": (
        {"rows": changed(1, name="宣传稿件被采用比例", target="≥60%", actual="70%")},
        ["added", "missing", "no_evidence"],
    ),
    "an indicator of its own without a target": (
        {"rows": changed(1, name="宣传稿件被采用比例", target="", actual="70%")},
        ["added", "missing", "no_evidence", "no_target"],
    ),
    "an indicator of its own that is a wish": (
        {"rows": changed(1, name="干部职工精神面貌", target="逐步提升", actual="有所提升")},
        ["added", "missing", "no_evidence", "unmeasurable"],
    ),
    "a target lowered": (
        {"rows": changed(2, target="≥80%", score="10", reason=""), "total": "99"},
        ["all_full_marks", "below_target_with_full_marks", "target_changed"],
    ),
    "money that the ledger does not have": (
        {"executed": "100", "execution_score": "10", "total": "99"},
        ["money_differs"],
    ),
    "satisfaction without a complaint": (
        {"rows": changed(4, actual="未收到群众投诉，满意")},
        ["actual_differs", "no_survey"],
    ),
    "marks lost without a reason": ({"rows": changed(2, reason="")}, ["reason_missing"]),
    "a reason that says nothing": ({"rows": changed(2, reason="无")}, ["reason_missing"]),
    "a score in words": ({"rows": changed(2, score="九分半")}, ["marks_unread"]),
    "a score below nought": ({"rows": changed(2, score="-9")}, ["marks_unread"]),
    "a score left out": ({"rows": changed(2, score="")}, ["marks_unread"]),
    "a weight in words": ({"rows": changed(0, weight="二十")}, ["marks_unread"]),
    "a weight left out": ({"rows": changed(0, weight="")}, ["marks_unread"]),
    "a total in words": ({"total": "优秀"}, ["sums_unread"]),
    "marks of execution in words": ({"execution_score": "满分"}, ["sums_unread"]),
    "money in words": ({"executed": "九十"}, ["money_unread"]),
    "money below nought": ({"executed": "-90"}, ["money_unread"]),
    "marks for nothing": ({"rows": changed(1, actual="")}, ["actual_differs", "actual_missing"]),
    "attained three times over": (
        {"rows": changed(0, actual="3000件")},
        ["actual_differs", "over_attained"],
    ),
}


@pytest.mark.parametrize("sibling", SIBLINGS)
def test_each_kind_of_fault_is_found_and_no_other(sibling: str, tmp_path: Path) -> None:
    form, expected = SIBLINGS[sibling]
    found = rechecked(write_form(tmp_path / "a.xlsx", **form))  # type: ignore[arg-type]
    assert rules_of(found) == expected
    assert found.quality_centi < 10_000
    claimed = [line for line in found.lines if line.self_score_centi is not None]
    assert all(line.score_centi <= (line.self_score_centi or 0) for line in claimed)


def test_what_is_short_or_as_above_is_a_reason(tmp_path: Path) -> None:
    for reason in ("疫情", "同上"):
        found = rechecked(write_form(tmp_path / "a.xlsx", rows=changed(2, reason=reason)))
        assert rules_of(found) == []


def test_the_same_indicator_as_output_and_as_benefit_counts_once(tmp_path: Path) -> None:
    rows = changed(3, name="一次办结率", target="≥95%", actual="96.5%")
    twice = replace(OWN.lines[3], name="一次办结率", raw_target="≥95%", exact=Fraction("96.5"))
    own = replace(OWN, lines=(*OWN.lines[:3], twice, OWN.lines[4]))
    found = rechecked(write_form(tmp_path / "a.xlsx", rows), own)
    assert rules_of(found) == ["counted_twice"]
    assert [line.score_centi for line in found.lines] == [900, 2000, 2000, 900, 0, 1000]
    assert found.lines[4].remark == "与“产出指标”中的同名指标重复，只计一次"
    assert found.lines[4].deviation_bp == 10_000


def test_a_cost_to_be_reached_is_told(tmp_path: Path) -> None:
    rows = changed(2, level2="成本指标", name="单位成本", target="≥30元", actual="27元")
    cost = replace(
        *(OWN.lines[2],), name="单位成本", level2="成本指标", raw_target="≥30元", exact=Fraction(27)
    )
    own = replace(OWN, lines=(*OWN.lines[:2], cost, *OWN.lines[3:]))
    assert rules_of(rechecked(write_form(tmp_path / "a.xlsx", rows), own)) == ["cost_at_least"]


def test_what_no_register_shows_needs_evidence(tmp_path: Path) -> None:
    unknown = replace(
        *(OWN.lines[0],), verdict=Verdict.NO_DATA, by_register=False, actual_text=None, exact=None
    )
    own = replace(OWN, lines=(unknown, *OWN.lines[1:]))
    bare = rechecked(write_form(tmp_path / "a.xlsx"), own)
    assert rules_of(bare) == ["no_evidence"]
    assert bare.score_centi == 7800
    named = rechecked(write_form(tmp_path / "b.xlsx", changed(0, evidence="办件台账")), own)
    assert rules_of(named) == []
    assert (named.score_centi, named.unverified_centi) == (9800, 2000)
    assert named.lines[1].remark == "未核实"


@pytest.mark.parametrize(
    ("values", "rules"),
    [
        ({"evidence": "12345热线记录"}, ["no_survey"]),
        ({"evidence": "问卷调查200份"}, []),
        ({"reason": "全年没有投诉", "evidence": "问卷调查200份"}, ["no_survey"]),
    ],
)
def test_satisfaction_is_asked_for(
    values: dict[str, str], rules: list[str], tmp_path: Path
) -> None:
    unknown = replace(
        *(OWN.lines[4],), verdict=Verdict.NO_DATA, by_register=False, actual_text=None, exact=None
    )
    own = replace(OWN, lines=(*OWN.lines[:4], unknown))
    found = rechecked(write_form(tmp_path / "a.xlsx", changed(4, **values)), own)
    assert rules_of(found) == rules


def test_a_place_sets_what_a_fault_takes(tmp_path: Path) -> None:
    path = write_form(tmp_path / "a.xlsx", changed(1, name="事项一次办结率"))
    assert rechecked(path).score_centi == 9800
    halved = rechecked(path, rules=RecheckRules(keeps_bp={"renamed": 5_000}))
    assert halved.score_centi == 8800


def test_a_project_without_a_form_is_told(tmp_path: Path) -> None:
    none = without_form(OWN)
    assert rules_of(none) == ["not_handed_in"]
    assert (none.score_centi, none.self_score_centi, none.quality_centi) == (None, None, 0)


def test_the_sample_is_the_riskiest_and_a_lot_that_can_be_drawn_again(tmp_path: Path) -> None:
    honest = rechecked(write_form(tmp_path / "a.xlsx"))
    inflated = rechecked(write_form(tmp_path / "b.xlsx", FULL, total="100", execution_score="10"))
    forms = {("甲局", f"项目{n}"): honest for n in range(8)}
    forms |= {("甲局", "虚高"): inflated, ("甲局", "未交"): without_form(OWN)}
    drawn = draw(forms, 2024, 4)
    assert len(drawn) == 4
    assert ("甲局", "虚高") in drawn
    assert ("甲局", "未交") not in drawn
    assert drawn == draw(dict(reversed(forms.items())), 2024, 4)
    assert len({draw(forms, seed, 4) for seed in range(10)}) > 1
    assert draw(forms, 1, 100) == forms.keys() - {("甲局", "未交")}
