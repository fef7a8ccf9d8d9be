"""The re-check sheets (复核表) of a department: thirteen columns a project, rules as notes."""

from __future__ import annotations

from decimal import Decimal

from perf_pipeline.monitoring.recheck.indicator_rules import INDICATOR_RULES
from perf_pipeline.monitoring.recheck.results import DepartmentResult, FormResult
from perf_pipeline.reports.form_blocks import points
from perf_pipeline.reports.notices import made_up
from perf_pipeline.reports.sheet import CENTERED, LABEL, SONG, TEXT, FormSheet, Look, Value
from perf_pipeline.reports.workbook import write_workbook
from perf_pipeline.warehouse.rechecks import RecheckLine

COLUMNS = (
    *("level1", "level2", "name", "nature", "target", "unit", "weight_centi", "self_actual"),
    *("self_score_centi", "actual", "score_centi", "deviation_bp", "remark"),
)
WIDTHS = (9, 11, 17, 7, 9, 7, 7, 11, 8, 11, 8, 9, 38)
LAST = len(COLUMNS)
TITLE = Look(SONG, 16, bold=True, grid=False)
LEFT = Look(size=9.5, align="left", grid=False)
TO_CORRECT = Look(locked=False)  # what the person who re-checks may change
MARKS, SHARE = Look(format="0.00"), Look(format="0.00%")
OWN_HAND = ("actual", "score_centi", "remark")


def recheck_workbook(found: DepartmentResult, fiscal_year: int) -> bytes:
    """Return the re-check sheets of a department's forms that were drawn for the sample.

    A department of whose forms none was drawn gets its list of faults.
    """
    chosen = [each for each in found.forms if each.lines and each.form.sampled]
    sheets = [_sheet(each, found, fiscal_year, nth) for nth, each in enumerate(chosen, 1)]
    sheets.append(_faults(found))
    return write_workbook(f"{found.name}{fiscal_year}年绩效自评复核表", sheets)


def _sheet(found: FormResult, of: DepartmentResult, fiscal_year: int, nth: int) -> FormSheet:
    form = FormSheet(f"复核表{nth}", WIDTHS)
    row = form.line(1, [((1, LAST), "项目支出绩效自评复核表", TITLE)], least=30)
    where = f"{of.name}　{found.name}　{fiscal_year}年度　自评表：{found.form.path or '没有提交'}"
    header = form.line(row, [((1, LAST), where, LEFT)], least=18)
    header = form.mark(header, made_up(of.notices))
    heads = [RecheckLine.columns[name].label for name in COLUMNS]
    row = form.line(header, [((n, n), label, LABEL) for n, label in enumerate(heads, 1)], least=28)
    for line in found.lines:
        cells = [((n, n), *_cell(line, name)) for n, name in enumerate(COLUMNS, 1)]
        row = form.line(row, cells, least=24)
    row = _total(form, row, found)
    for text in _notes(found):
        row = form.line(row, [((1, LAST), text, LEFT)])
    signs = (((1, 4), "复核人："), ((5, 9), "项目单位："), ((10, LAST), "日期：　　年　月　日"))
    last = row
    form.line(row, [(columns, text, LEFT) for columns, text in signs], least=26)
    form.header, form.footer = made_up(of.notices), f"{fiscal_year}　{found.name}"
    form.finish(last, repeated=(header, header))
    return form


def _cell(line: RecheckLine, name: str) -> tuple[Value, Look]:
    value = getattr(line, name)
    if name.endswith("_centi"):
        look = Look(format="0.00", locked=False) if name in OWN_HAND else MARKS
        return (None if value is None else points(value)), look
    if name == "deviation_bp":
        return (None if value is None else Decimal(value) / 10_000), SHARE
    if name == "remark":
        return value, Look(align="left", locked=False)
    return value, TO_CORRECT if name in OWN_HAND else CENTERED


def _total(form: FormSheet, row: int, found: FormResult) -> int:
    scores = found.form.self_score_centi, found.form.score_centi
    self_score, score = (None if each is None else points(each) for each in scores)
    cells: list[tuple[tuple[int, int], Value, Look]] = [
        ((1, 8), "合计", LABEL),
        ((9, 9), self_score, MARKS),
        ((10, 10), None, CENTERED),
        ((11, 11), score, MARKS),
        ((12, LAST), f"复核等级：{found.form.grade or '无'}", CENTERED),
    ]
    return form.line(row, cells, least=24)


def _notes(found: FormResult) -> list[str]:
    quality = RecheckLine.write("weight_centi", found.form.quality_centi)
    said = [
        "偏离度＝（自评得分−复核得分）÷自评得分。复核得分不高于自评得分；同一指标有几处扣分的，只按最大的一处扣。",
        f"自评质量得分：{quality}（完整、准确、真实、佐证、原因五项，本系统的评分办法）。",
    ]
    rules = "；".join(f"{rule.label}：{rule.says}" for rule in INDICATOR_RULES)
    said.append(f"复核规则：{rules}。")
    whole = [fault.detail for fault in found.faults if fault.indicator_name is None]
    if whole:
        said.append(f"整张表的问题：{'；'.join(whole)}。")
    return said


def _faults(found: DepartmentResult) -> FormSheet:
    form = FormSheet("问题清单", (5, 22, 18, 20, 60, 16), frozen=(2, 1))
    heads = ("序号", "项目", "问题", "指标", "说明", "位置")
    form.line(1, [((n, n), head, LABEL) for n, head in enumerate(heads, 1)], least=22)
    row = 2
    for each in found.forms:
        for fault in each.faults:
            texts = (
                str(row - 1),
                each.name,
                fault.label,
                fault.indicator_name or "",
                fault.detail,
                fault.place,
            )
            cells = [((n, n), text, TEXT) for n, text in enumerate(texts, 1)]
            row = form.line(row, cells, least=20)
    form.header = made_up(found.notices)
    form.finish(max(row - 1, 1), (1, 1))
    return form
