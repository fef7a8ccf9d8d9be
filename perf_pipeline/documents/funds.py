"""The money of a form (项目资金): amounts beside their labels, or a small table of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import lru_cache

from perf_pipeline.documents.labels import after_colon, label, one_line, squeeze, unit_of
from perf_pipeline.documents.lines import Line
from perf_pipeline.documents.model import Budget, Cell, Severity, Where
from perf_pipeline.domain.money import format_yuan, parse_amount_fen

Report = Callable[[Severity, str, str, Where], None]

USUAL_UNIT = "万元"  # in which these forms are filled

_SOURCES = (
    (
        "other",
        re.compile(
            r"(?:其中:?)?(?:当年|本年|年度)?其[他它](?:来源)?(?:资金|收入)?|单位(?:自有)?资金|自筹资金"
        ),
    ),
    (
        "fiscal",
        re.compile(
            r"(?:其中:?)?(?:\(?\d\)?[.、]?)?(?:本年|当年|年度|本级|申请|中央|省级|市级|区级|县级|区县级?)*"
            r"(?:财政|一般公共预算)(?:预算)?(?:补助|拨款|资金)+"
        ),
    ),
    (
        "total",
        re.compile(
            r"(?:\d{4}年度?)?(?:年度|本年度?|当年|全年|项目|预算|资金|[省市区县]?财政|申请|支出|年初|总|本级)*"
            r"(?:资金总额|预算总额|总额|预算数|预算规模|预算金额|预算安排数?|总预算|资金合计|总金额|金额合计|金额|"
            r"资金总量|(?:年度|本年度?|当年)预算|项目预算|批复预算|项目资金|预算资金|合计)(?:情况|及构成)?"
        ),
    ),
)
_COLUMNS = (
    ("expected", re.compile(r"(?:全年|年度|年底)?预计(?:全年)?执行(?:数|金额)?|全年预计支出.*")),
    ("rate", re.compile(r".*(?:执行率|执行进度|比率|完成率)")),
    ("executed", re.compile(r".*(?:执行数|执行金额|支出数|实际支出|执行情况|支出金额|预算执行)")),
    (
        "adjusted",
        re.compile(
            r"(?:全年|年度|调整后?|调整后的)*(?:全年|调整后?|调整)(?:预算)(?:数|金额)?|年度预算数"
        ),
    ),
    (
        "initial",
        re.compile(r"(?:年初|年度|当年|本年|批复|项目)*预算(?:数|金额|安排数)?|年初.*预算.*"),
    ),
    ("score", re.compile(r"得分")),
    ("weight", re.compile(r"分值|权重")),
    ("remark", re.compile(r"原因.*|备注|偏差.*")),
)
_KINDS = re.compile("资金|结转|拨款|收入|债券|基金")  # rows of a table of funds, filled or not
_LETTER = re.compile(r"[(（]?[A-Z](?:/[A-Z])?[)）]?$")  # 预算数（A）, 执行率（B/A）
_SIDE = re.compile(r"(?:项目)?(?:支出)?预算执行(?:情况)?")  # what stands beside the whole table
_ANNUAL = re.compile(r"年度|当年|本年")
_EXPLAINED = re.compile(r"(.*\d(?:万|亿)?元?)[(（](?!其中:?(?:\d{4}|本|当)年).*[)）]")
_YEARS_PART = re.compile(
    r"(?:其中:?)?(?:\d{4}年度?|本年度?|当年)(?:拟|计划)?(?:安排|资金|预算|投资|投入|支出)*[数额]?"
)
_BESIDE_IT = re.compile("结转|结余|其[他它]|自筹|单位|社会")  # what a year has beside its own money
_AMOUNT = re.compile(r"[¥￥]?[\d,.]*\d[万亿]?元?")
_BARE = re.compile(r"\s*[\d,.，]+\s*")
_NOTHING = re.compile(r"[-—–_/\\无\s未提供]*")


def read_budget(lines: Sequence[Line], caption_unit: str | None, report: Report) -> Budget | None:
    """Read a form's budget in whole fen; None where it states no total.

    An amount without a unit is in that of its label, of the form's caption, or in 万元.
    """
    table = _table_of_funds(lines, caption_unit, report)
    if table is not None:
        return table
    amounts: dict[str, int] = {}
    where: Where | None = None
    of_year = False
    stated = list(_beside_labels(lines))
    year = next((cell.column for *_, cell, _ in stated if _ANNUAL.search(cell.text)), 0)
    # where the whole term's amounts stand beside the year's, the year's column counts
    stated.sort(key=lambda each: (not _ANNUAL.search(each[2].text), abs(each[2].column - year)))
    for source, line, label_cell, written in stated:
        if source in amounts:
            continue
        unit, what = _unit(line, label_cell, caption_unit), label(label_cell.text)
        fen = amount_fen(written, unit or USUAL_UNIT, line.where, what, report)
        if fen is not None and unit is None and source == "total" and _BARE.fullmatch(written):
            message = f"{what}“{written.strip()}”没有写明单位，按{USUAL_UNIT}读；请核对并写明单位"
            report(Severity.WARNING, "money_unit_assumed", message, line.where)
        if fen is not None:
            amounts[source] = fen
            where = where or line.where
            of_year = of_year or (source == "total" and bool(_ANNUAL.search(label_cell.text)))
    if "total" not in amounts or where is None:
        return None
    part = None if of_year else _years_part(lines, caption_unit, amounts["total"])
    if part is not None:
        total = format_yuan(amounts["total"])
        message = (
            f"资金总额是{total}元，而“{part}”又是一个数，不知本年预算是哪一个；请写明年度资金总额"
        )
        report(Severity.ERROR, "amount_unreadable", message, where)
        return None
    return Budget(amounts["total"], amounts.get("fiscal"), amounts.get("other"), where)


def _years_part(lines: Sequence[Line], caption_unit: str | None, total_fen: int) -> str | None:
    """Return how a year's part of a total is called: then that is of several years.

    None where there is none, or what lacks of the total is the year's other money (结转).
    """
    parts: list[tuple[str, int]] = []
    others: list[int] = []
    for line in lines:
        for cell in line.filled:
            what, beside = label(cell.text), line.after(cell)
            is_part = _YEARS_PART.fullmatch(what) is not None
            if beside is None or not _is_amount(beside.text):
                continue
            if is_part or _BESIDE_IT.search(what):
                unit = _unit(line, cell, caption_unit) or USUAL_UNIT
                with suppress(ValueError):
                    fen = parse_amount_fen(beside.text, unit)
                    parts += [(what, fen)] if is_part else []
                    others += [] if is_part else [fen]
    explained = {0, *others, sum(others)}
    found = (what for what, fen in parts if total_fen - fen not in explained)
    return next((what.removeprefix("其中").lstrip(":") for what in found), None)


def source_of(text: str) -> str | None:
    """Return which money a label means: total, fiscal or other."""
    return _first_of(_SOURCES, label(text))


@lru_cache(maxsize=8192)  # forms repeat their labels
def _first_of(named: tuple[tuple[str, re.Pattern[str]], ...], bare: str) -> str | None:
    return next((name for name, pattern in named if pattern.fullmatch(bare)), None)


def _beside_labels(lines: Sequence[Line]) -> Iterator[tuple[str, Line, Cell, str]]:
    """Give each amount with its label: to the right of it, or below where labels stand in a row.

    Cells may stay empty between the two where none of them could be of a column with a heading.
    """
    free = not any(map(_column_heads, lines))
    for index, line in enumerate(lines):
        for cell in () if _column_heads(line) else line.filled:
            pair = after_colon(cell.text)
            inside = source_of(pair[0]) if pair is not None else None
            if pair is not None and inside and _AMOUNT.fullmatch(squeeze(pair[1])):
                yield inside, line, cell, pair[1]  # 预算金额：80万元
                continue
            source = source_of(cell.text)
            if source is None:
                continue
            beside = line.after(cell)
            if beside is not None and _looks_like_amount(beside.text):
                yield source, line, cell, beside.text
                continue
            labelled = beside is None or not beside.text.strip() or _is_heading(beside.text)
            below = lines[index + 1].covering(cell.column) if index + 1 < len(lines) else None
            far = next((each for each in line.filled if each.column > cell.column), None)
            if labelled and below is not None and _is_amount(below.text):
                yield source, lines[index + 1], cell, below.text
            elif free and far is not None and far is not beside and _is_amount(far.text):
                yield source, line, cell, far.text
            elif beside is not None and beside.text.strip() and not _is_heading(beside.text):
                yield source, line, cell, beside.text


def _is_heading(text: str) -> bool:
    return source_of(text) is not None or _first_of(_COLUMNS, label(text)) is not None


def _looks_like_amount(text: str) -> bool:
    return re.match(r"[¥￥(]?-?\d", squeeze(text)) is not None


def _is_amount(text: str) -> bool:
    """Tell whether a cell holds an amount and nothing else: 3月底 is none."""
    explained = _EXPLAINED.fullmatch(one_line(text))
    return _AMOUNT.fullmatch(squeeze(explained[1] if explained else text)) is not None


def _column_heads(line: Line) -> dict[str, Cell]:
    """Return the headings of a table of funds (年初预算数, 执行数, …); none for another line."""
    heads: dict[str, Cell] = {}
    for cell in line.filled:
        name = _first_of(_COLUMNS, _LETTER.sub("", label(cell.text)))
        if name is not None and (name not in heads or _SIDE.fullmatch(label(heads[name].text))):
            heads[name] = cell
    return heads if "executed" in heads and {"initial", "adjusted"} & heads.keys() else {}


def _table_of_funds(
    lines: Sequence[Line], caption_unit: str | None, report: Report
) -> Budget | None:
    for index, line in enumerate(lines):
        heads = _column_heads(line)
        if not heads:
            continue
        found: dict[tuple[str, str], int] = {}
        where: Where | None = None
        marks: dict[str, str] = {}
        for row in lines[index + 1 :]:
            named = next(((source_of(c.text), c) for c in row.filled if source_of(c.text)), None)
            if named is None:
                of_money = any(
                    _looks_like_amount(cell.text) or _KINDS.search(cell.text) for cell in row.filled
                )
                if row.filled and where is not None and not of_money:
                    break
                continue
            source, label_cell = named
            for name in ("weight", "score") if source == "total" else ():
                cell = row.covering(heads[name].column) if name in heads else None
                marks.setdefault(name, one_line(cell.text) if cell is not None else "")
            for name in ("initial", "adjusted", "executed", "expected"):
                cell = row.covering(heads[name].column) if name in heads else None
                if cell is None or cell.column <= label_cell.column or (source, name) in found:
                    continue
                unit = _unit(row, heads[name], caption_unit, label_cell) or USUAL_UNIT
                fen = amount_fen(cell.text, unit, row.where, label(label_cell.text), report)
                if fen is not None:
                    found[source or "", name] = fen
                    where = where or row.where
        return _budget_of(found, where, marks)
    return None


def _budget_of(
    found: dict[tuple[str, str], int], where: Where | None, marks: dict[str, str]
) -> Budget | None:
    planned = "initial" if ("total", "initial") in found else "adjusted"
    total = found.get(("total", planned))
    if total is None or where is None:
        return None
    return Budget(
        total,
        found.get(("fiscal", planned)),
        found.get(("other", planned)),
        where,
        found.get(("total", "adjusted")),
        found.get(("total", "executed")),
        found.get(("total", "expected")),
        found.get(("fiscal", "executed")),
        found.get(("other", "executed")),
        **marks,
    )


def _unit(line: Line, near: Cell, caption: str | None, also: Cell | None = None) -> str | None:
    """Return the unit of an amount: of its label, of one to the left, of the caption, if any."""
    told = unit_of(near.text) or (unit_of(also.text) if also else None)
    left = (unit_of(cell.text) for cell in line.cells if cell.column < near.column)
    return told or next((unit for unit in left if unit), None) or caption


def amount_fen(text: str, unit: str, where: Where, what: str, report: Report) -> int | None:
    """Read one amount; None and a finding where it is none, None alone where nothing stands."""
    if _NOTHING.fullmatch(squeeze(text)):
        return None
    explained = _EXPLAINED.fullmatch(one_line(text))
    try:
        fen = parse_amount_fen(explained[1] if explained else text, unit)
    except ValueError as error:
        report(Severity.ERROR, "amount_unreadable", f"{what}：{error}", where)
        return None
    if fen < 0:
        report(Severity.ERROR, "amount_unreadable", f"{what}：“{text.strip()}”是负数", where)
        return None
    return fen
