"""What each step in memory reads for each column that it adds: declared here, held by a test.

Selects are walked; what Python makes of rows, and pandas of a frame, is not written anywhere that a
program could read it, so it is said here. A test changes one column after the other and compares
what else changes with what is said. Names are columns of what a step is given; those with a dot
are columns of a table.
"""

from __future__ import annotations

Reads = dict[str, str]  # column: the columns read for it, separated by blanks

_SPENT = "budget_fen paid_fen planned_bp"
_LIMITED = f"{_SPENT} department_code"  # a department may have limits of its own
SPENDING_JUDGED: Reads = {
    "actual_bp": "budget_fen paid_fen",
    "deviation_bp": _SPENT,
    "light": f"{_LIMITED} coming_bp",
    "yellow_bp": "department_code",
    "red_bp": "department_code",
    "ahead_bp": "department_code",
}
SPENDING_PACED: Reads = {
    "reaches_on": _SPENT,
    "days_behind": f"{_SPENT} planned_due_on",
    "due_next_fen": "budget_fen paid_fen next_planned_bp",
}
SPENDING_DESCRIBED: Reads = {
    "reason": f"{_SPENT} planned_label actual_bp deviation_bp coming_label coming_bp",
    "note": f"{_SPENT} initial_budget_fen adjusted_by adjusted_on carry_over_fen reaches_on"
    " days_behind due_next_fen committed_fen by_payee_fen late_paid_fen",
    "hint": "light budget_fen paid_fen last_paid_on",
}

_BY_SOURCE = "budget_fen fiscal_fen other_fen carry_over_fen paid_by_source.source"
_PAID = "paid_fen paid_by_source.paid_fen paid_by_source.source paid_by_source.project_name"
_LINE = f"{_BY_SOURCE} {_PAID} planned_bp project_name line_of_work"
SPENDING_ROLLED_UP: Reads = {
    "project_name": "project_name",
    "name": "line_of_work",
    "projects": _LINE,
    "left_out": _LINE,
    "budget_fen": _LINE,
    "paid_fen": _LINE,
    "planned_parts": _LINE,
    "planned_bp": _LINE,
    "actual_bp": _LINE,
    "deviation_bp": _LINE,
    "light": f"{_LINE} coming_bp yellow_bp red_bp ahead_bp",
    "reason": f"{_LINE} planned_label",
}

_WRITTEN = ("raw_target", "target_kind", "operator", "value_text", "target_micro", "upper_micro")
TARGETS_IN_FORCE: Reads = {
    **{name: f"{name} revised_raw" for name in (*_WRITTEN, "unit")},
    "initial_target": "raw_target revised_raw",
    "phase_micro": "phase_raw unit revised_raw",
    "phase_text": "phase_raw phase_due_on unit revised_raw",
}
_BEHAVES = (
    "mapped_behaviour mapped_direction target_kind operator value_text unit name raw_target level1"
    " level2"
)
_COUNTED = (
    "measure numerator denominator year_numerator year_denominator reported_text"
    f" reported_numerator reported_denominator reported_on {_BEHAVES}"
)
_AIMED = f"{_BEHAVES} target_micro upper_micro raw_target"
INDICATORS_JUDGED: Reads = {
    "behaviour": _BEHAVES,
    "behaviour_given": "mapped_behaviour",
    "year_rule": f"mapped_year_rule measure {_BEHAVES}",  # a measure has a rule of its own
    "operator": f"{_BEHAVES} target_micro",
    "numerator": _COUNTED,
    "denominator": _COUNTED,
    "word": _COUNTED,
    "has_number": f"{_COUNTED} target_micro",
    "status": f"{_COUNTED} {_AIMED} due_on pace planned_bp phase_micro",
}
INDICATORS_DESCRIBED: Reads = {
    "actual_text": "has_number numerator denominator unit word",
    "reason": "status behaviour raw_target numerator denominator actual_text measure word due_on"
    " reported_on pace planned_bp phase_micro phase_text initial_target revised_by",
}
INDICATORS_NOTED: Reads = {
    "note": "status project_name section name raw_target initial_target target_micro operator unit"
    " revised_on earlier_raw phase_text measure numerator denominator"
}
INDICATORS_HINTED: Reads = {
    "hint": "status operator numerator denominator measure project_name missing.group_name"
}

FILE_PLACED: Reads = {"place": "path"}
CASES_LISTED: Reads = {**FILE_PLACED, "days_overdue": "due_on", "state": "due_on done_on"}
FINDINGS_WORDED: Reads = {**FILE_PLACED, "detail": "rule other subject_key amount_fen"}

_SPENDING = "spending_result.{}".format
_INDICATOR = "indicator_result.{}".format


def _of(prefix: str, names: str) -> str:
    return " ".join(f"{prefix}.{name}" for name in names.split())


_ATTAINED = _of(
    "indicator_result",
    "status target_kind target_micro upper_micro operator unit behaviour numerator denominator"
    " actual_text raw_target",
)
_PARTS = f"{_of('indicator_result', 'level1 level2')} indicator.weight_text"
_EXECUTED = _of("spending_result", "budget_fen paid_fen")
_SCORED = f"{_ATTAINED} {_PARTS} {_EXECUTED}"
SCORED: dict[str, Reads] = {
    "self_evaluation_result": {
        "project_name": _SPENDING("project_name"),
        "ordinal": _INDICATOR("ordinal"),
        "part": _of("indicator_result", "level1 level2"),
        "indicator_key": _INDICATOR("indicator_key"),
        "level1": _INDICATOR("level1"),
        "name": _INDICATOR("name"),
        "raw_target": _INDICATOR("raw_target"),
        "actual_text": f"{_INDICATOR('actual_text')} {_EXECUTED}",
        "points_centi": _PARTS,
        "score_centi": _SCORED,
        "verdict": f"{_ATTAINED} {_EXECUTED}",
        "arithmetic": _SCORED,
    },
    "project_score": {
        "project_name": _SPENDING("project_name"),
        "budget_fen": _SPENDING("budget_fen"),
        "score_centi": _SCORED,
        "missing_centi": _SCORED,
        "grade": _SCORED,
        "arithmetic": _SCORED,
    },
    "department_score": {
        "budget_fen": _SPENDING("budget_fen"),
        "score_centi": _SCORED,
        "missing_centi": _SCORED,
        "projects": _SPENDING("project_name"),
        "projects_left_out": _SPENDING("budget_fen"),
        "grade": _SCORED,
        "arithmetic": _SCORED,
    },
}

_FORETOLD_INDICATOR = _of(
    "indicator_result",
    "numerator denominator measure behaviour target_kind target_micro upper_micro operator unit"
    " status year_rule",
)
_FORETOLD = f"{_of('spending_result', 'paid_fen budget_fen planned_bp')} {_FORETOLD_INDICATOR}"
FORETOLD: Reads = {
    "subject_key": f"{_SPENDING('project_name')} {_INDICATOR('indicator_key')}",
    "project_name": f"{_SPENDING('project_name')} {_INDICATOR('project_name')}",
    "measured_in": _of("indicator_result", "target_kind numerator denominator unit measure")
    + f" {_of('indicator_result', 'behaviour target_micro year_rule')}",
    **dict.fromkeys(("point", "low80", "high80", "low95", "high95", "method"), _FORETOLD),
    **dict.fromkeys(("probability_bp", "likelihood"), _FORETOLD),
    "similar_cases": _FORETOLD,
    "reason": f"{_FORETOLD} {_of('indicator_result', 'raw_target actual_text')}",
}

_FIGURES = f"{_SPENDING('paid_fen')} {_INDICATOR('numerator')}"
_BASES = f"{_SPENDING('paid_fen')} {_INDICATOR('denominator')}"
_TEXTS = f"{_of('spending_result', 'paid_fen budget_fen')} {_INDICATOR('actual_text')}"
_JUDGED = f"{_SPENDING('light')} {_INDICATOR('status')}"
ADJUSTED: Reads = {
    "subject_key": f"{_SPENDING('project_name')} {_INDICATOR('indicator_key')}",
    "project_name": f"{_SPENDING('project_name')} {_INDICATOR('project_name')}",
    "section": _INDICATOR("section"),
    "name": f"{_SPENDING('project_name')} {_INDICATOR('name')}",
    "closed_numerator": _FIGURES,
    "closed_denominator": _BASES,
    "known_numerator": _FIGURES,
    "known_denominator": _BASES,
    "closed_text": _TEXTS,
    "known_text": _TEXTS,
    "difference_text": f"{_FIGURES} {_INDICATOR('denominator')} {_INDICATOR('unit')}",
    "closed_judgement": _JUDGED,
    "known_judgement": _JUDGED,
    "sources": "measure_value.numerator measure_value.denominator source_file.path",
}

REPORTED: Reads = {
    "project_name": f"{_SPENDING('project_name')} {_INDICATOR('project_name')}",
    "section": _INDICATOR("section"),
    "name": f"{_SPENDING('project_name')} {_INDICATOR('name')}",
    "target_text": _of("spending_result", "planned_bp planned_label")
    + f" {_INDICATOR('raw_target')}",
    "actual_text": f"{_of('spending_result', 'paid_fen actual_bp')} {_INDICATOR('actual_text')}",
    "judgement": _JUDGED,
    "reason": f"{_SPENDING('reason')} {_INDICATOR('reason')}",
}

_TOLD = _of("alert", "level subject place gap since evidence")
TOLD: dict[str, Reads] = {
    "outlook": FORETOLD,
    "adjustment": ADJUSTED,
    "report_line": REPORTED,
    "alert_message": {"title": _of("alert", "level place"), "body": _TOLD},
    "report": {"notice": "source_file.notice"},
}
