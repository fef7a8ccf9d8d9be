"""The review workbook (审核工作簿): every value read, what is said of it, and room to correct it.

Only the correction columns can be typed into. Laid beside its document in the inbox, under a name
that holds 更正表, it is read back as the next version of what it corrects.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from perf_pipeline.documents.model import Confidence, Finding, Severity, TargetDocument
from perf_pipeline.documents.review.corrections import (
    COLUMNS,
    CORRECTED,
    DIGEST,
    FILE_MARK,
    NOTE,
    SHEET,
)
from perf_pipeline.documents.review.lexicon import FirstLevel, SecondLevel
from perf_pipeline.documents.review.values import WAN, Value, list_values
from perf_pipeline.reports.sheet import (
    CENTERED,
    LABEL,
    SONG,
    TEXT,
    FormSheet,
    Listed,
    Look,
    Offer,
    list_sheet,
)
from perf_pipeline.reports.workbook import write_workbook

CONFIDENCE_LABELS = {
    Confidence.RULE: "由规则读出",
    Confidence.GUESSED: "推测",
    Confidence.PERSON: "需人工确认",
}
SEVERITY_LABELS = {Severity.ERROR: "错误", Severity.WARNING: "警告", Severity.INFO: "提示"}

TITLE = Look(SONG, 14, bold=True, align="left", grid=False)
TO_FILL = Look(align="left", format="@", locked=False, color="#1F4E9E")
DOUBTED = replace(CENTERED, bold=True, color="#C00000")
HEADER_ROW = 5
WIDTHS = (17, 18, 18, 15, 22, 18, 14, 11, 36, 22, 18)
FINDINGS = (
    *(Listed("序号", 6, CENTERED), Listed("级别", 8, CENTERED), Listed("项目", 20)),
    *(Listed("位置", 16), Listed("问题", 46), Listed("依据", 46), Listed("建议", 46)),
)

INSTRUCTIONS = (
    "一、这是什么：左边是程序从绩效目标文件里读出的每一个值，以及它在文件里的位置、可信度和审核意见。",
    f"二、怎样更正：在“{SHEET}”表的“{CORRECTED}”列写上正确的值，其余留空；不需要更正的不填。",
    "三、怎样写：照“读出的值”写，如 ≥95%、12场、是、10月底前；累计支出比例如 50%；金额以万元计。",
    f"四、可在“{NOTE}”列写明理由。其他单元格受保护，请不要改动、排序或增删行。",
    f"五、交回：另存后放进收件文件夹该部门的 targets/，与原文件放在一起，文件名须含“{FILE_MARK}”，"
    "如“绩效目标更正表.xlsx”。一份文件只放一份更正表。",
    "六、下次运行时，更正的值作为新的一版生效，原来的值保留可查；读不懂的更正进入隔离，写明原因。",
    "七、原文件若有改动，本表即作废（按文件 SHA-256 核对），请重新生成。",
)

# where in the sheet a finding is shown, when not at the target's value
_SHOWN_AT = {
    "misfiled": "二级指标",
    "execution_as_indicator": "二级指标",
    "repeated": "三级指标",
    "nearly_repeated": "三级指标",
    "indicator_name_missing": "三级指标",
    "project_name_missing": "项目名称",
    "project_code_missing": "项目编码",
    "budget_missing": f"预算数{WAN}",
    "budget_parts_differ": f"预算数{WAN}",
    "budget_not_positive": f"预算数{WAN}",
    "plan_falls": "累计支出比例",
    "plan_incomplete": "累计支出比例",
}


def build_review_workbook(document: TargetDocument, findings: Sequence[Finding]) -> bytes:
    """Build the workbook of one document; the same content gives the same bytes."""
    guide = FormSheet("说明", (110,), protected=True)
    guide.put(1, (1, 1), "绩效目标审核工作簿：填写说明", TITLE)
    for row, text in enumerate(INSTRUCTIONS, start=2):
        guide.put(row, (1, 1), text, replace(TEXT, grid=False))
    guide.finish(len(INSTRUCTIONS) + 1, (1, 1))
    sheets = [guide, _values_sheet(document, findings), _findings_sheet(findings)]
    return write_workbook(f"绩效目标审核工作簿（{document.title}）", sheets)


def _values_sheet(document: TargetDocument, findings: Sequence[Finding]) -> FormSheet:
    form = FormSheet(SHEET, WIDTHS, protected=True, frozen=(HEADER_ROW + 1, 5))
    form.put(1, (1, len(COLUMNS)), f"{document.department}绩效目标更正表", TITLE)
    year = "" if document.fiscal_year is None else f"{document.fiscal_year}年"
    for row, label, text in (
        (2, "文件", f"{document.title}　{year}"),
        (3, DIGEST, document.sha256),
    ):
        form.put(row, (1, 1), label, LABEL)
        form.put(row, (2, 6), text)
    for column, name in enumerate(COLUMNS, start=1):
        form.put(HEADER_ROW, (column, column), name, LABEL)
    row = HEADER_ROW
    remarks = _by_value(findings)
    levels: dict[str, list[int]] = {}
    for row, value in enumerate(list_values(document), start=HEADER_ROW + 1):
        _write_value(form, row, value, remarks)
        levels.setdefault(value.field, []).append(row)
    corrected = COLUMNS.index(CORRECTED) + 1
    form.offers += [
        Offer(corrected, tuple(levels.get("一级指标", ())), tuple(FirstLevel)),
        Offer(corrected, tuple(levels.get("二级指标", ())), tuple(dict.fromkeys(SecondLevel))),
    ]
    form.filtered = (HEADER_ROW, row)
    form.finish(row, (HEADER_ROW, HEADER_ROW))
    return form


def _write_value(
    form: FormSheet, row: int, value: Value, remarks: Mapping[tuple[str, str], list[str]]
) -> None:
    sure = value.confidence is Confidence.RULE
    said = "\n".join(
        remarks.get((value.where, value.field), [])
        + (remarks.get((value.project, value.field), []) if value.subject == "项目" else [])
    )
    cells = (
        (value.address, TEXT),
        (value.project or "（部门）", TEXT),
        (value.subject, TEXT),
        (value.field, CENTERED),
        (value.written, TEXT),
        (value.read_as, TEXT),
        (value.where, CENTERED),
        (CONFIDENCE_LABELS[value.confidence], CENTERED if sure else DOUBTED),
        (said, TEXT),
        ("", TO_FILL),
        ("", TO_FILL),
    )
    for column, (text, look) in enumerate(cells, start=1):
        form.put(row, (column, column), text, look)


def _by_value(findings: Sequence[Finding]) -> dict[tuple[str, str], list[str]]:
    """Sort findings to the values that they are about: by place and field, or project and field."""
    sorted_out: dict[tuple[str, str], list[str]] = {}
    for each in findings:
        field = _SHOWN_AT.get(each.code, "指标值")
        of_project = field in ("项目名称", "项目编码", f"预算数{WAN}")
        text = f"{each.message}。建议：{each.proposal}" if each.proposal else each.message
        for place in [each.project] if of_project else each.where.split("、"):
            sorted_out.setdefault((place, field), []).append(text)
    return sorted_out


def _findings_sheet(findings: Sequence[Finding]) -> FormSheet:
    rows = (
        (
            *(str(nth), SEVERITY_LABELS[each.severity], each.project or "（部门）"),
            *(each.where, each.message, each.rule, each.proposal),
        )
        for nth, each in enumerate(findings, 1)
    )
    return list_sheet("审核意见", FINDINGS, rows, heights=(0, 0), protected=True)
