"""What a form plans beside its indicators: cumulative shares of spending (资金支出计划) at whatever
months it has, and the yearly tasks (年度主要任务) of a department with their budgets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from perf_pipeline.documents.funds import USUAL_UNIT, Report, amount_fen
from perf_pipeline.documents.labels import LONGEST_LABEL, label, one_line, squeeze, unit_of
from perf_pipeline.documents.lines import Line
from perf_pipeline.documents.model import Cell, PlanPoint, Severity, Task, Where

_PLAN = re.compile(
    r".*(?:支出计划|用款计划|资金计划|支出进度|执行计划|进度计划|使用计划|支付计划).*"
)
_MONTH = re.compile(
    r"(?:截至|到|至)?(?:\d{4}年)?(?:\d{1,2}月?[-~—至])?(\d{1,2})月(?:底|末|份|\d{1,2}日)?(?:前)?"
)
_QUARTER = re.compile(
    r"(?:第)?([一二三四1-4])季度(?:末|底)?|[Qq]([1-4])|(上半年|年中)|(全年|年底|年末)"
)
_SHARE = re.compile(r"(\d{1,6}(?:\.\d{1,8})?)(%)?")
_ORDER = {"一": 3, "二": 6, "三": 9, "四": 12, "1": 3, "2": 6, "3": 9, "4": 12}
_SAID = re.compile(  # a time and a share in a sentence: 6月底前累计支出50%, not 完成工程量50%
    r"((?:\d{4}年)?\d{1,2}月(?:底|末|份)?|第?[一二三四1-4]季度(?:末|底)?|上半年|年中|全年|年[底末])"
    r"(?:之?[前内]|支出|支付|拨付|使用|用款|执行|资金|预算|经费|累计|预计|计划|完成|进度|比例|率|不低于"
    r"|[达到至为占的应:])*(\d{1,3}(?:\.\d{1,8})?%)"
)
_OF_MONEY = re.compile("支出|付|用|资金|预算|经费|执行")
_TIMELIKE = re.compile(r"\d{1,4}月|季度|月底|月末|年底|年末|半年")


def is_plan_label(text: str) -> bool:
    """Tell whether a label is that of a spending plan."""
    return len(text) <= LONGEST_LABEL and _PLAN.fullmatch(squeeze(text)) is not None


def read_shares(written: Sequence[str]) -> list[Decimal | None]:
    """Read the shares of one plan: 30%, 30 or 0.3, the last where all are parts of one.

    None for what is no share.
    """
    fractions = _are_fractions(list(written))
    return [_share(each, fractions) for each in written]


def read_plan(lines: Sequence[Line], report: Report) -> tuple[PlanPoint, ...]:
    """Read a form's spending plan; what cannot be read is a finding."""
    for index, line in enumerate(lines):
        side = next((c for c in line.filled if is_plan_label(c.text)), None)
        if side is None:
            continue
        times = [
            c for c in line.filled if c.column > side.column and _TIMELIKE.search(squeeze(c.text))
        ]
        if len(times) > 1:
            return _across(lines[index + 1 :], times, report)
        return _down(lines[index:], side, report) or _in_words(line, side, report)
    return ()


def _across(below: Sequence[Line], times: list[Cell], report: Report) -> tuple[PlanPoint, ...]:
    row = next((line for line in below if line.filled), None)
    if row is None:
        return ()
    shares = [(time, row.covering(time.column)) for time in times]
    return _points(
        [(time.text, cell.text if cell else "", row.where) for time, cell in shares], report
    )


def _down(lines: Sequence[Line], side: Cell, report: Report) -> tuple[PlanPoint, ...]:
    """Read a plan whose times stand below each other, each with its share beside it."""
    pairs: list[tuple[str, str, Where]] = []
    for line in lines:
        cells = [c for c in line.filled if c.column > side.column]
        if len(cells) < 2 or not _TIMELIKE.search(squeeze(cells[0].text)):
            if pairs:
                break
            continue
        pairs.append((cells[0].text, cells[1].text, line.where))
    return _points(pairs, report)


def _in_words(line: Line, side: Cell, report: Report) -> tuple[PlanPoint, ...]:
    """Read a plan that stands in one cell: 3月底20%，6月底50%，12月底100%.

    Only one that rises to the whole and counts nothing else: shares of single quarters, of works
    or of two years are no plan, and are told.
    """
    for cell in (c for c in line.filled if c.column >= side.column):
        plain = squeeze(cell.text)
        found = _SAID.findall(plain)
        shares = [Decimal(share.rstrip("%")) for _, share in found]
        months = [_month(time) or 0 for time, _ in found]
        years = {time.partition("年")[0] for time, _ in found if "年" in time and time[0].isdigit()}
        rises = months == sorted(set(months)) and shares == sorted(shares)
        alone = len(found) > 1 >= len(years) and not re.search(r"\d", _SAID.sub("", plain))
        of_money = _OF_MONEY.search(side.text + plain) is not None
        if of_money and alone and rises and shares[-1] == 100:
            return _points([(time, share, line.where) for time, share in found], report)
        if of_money and _TIMELIKE.search(plain) and re.search(r"\d", _TIMELIKE.sub("", plain)):
            message = f"支出计划“{one_line(cell.text)}”没有读懂，请逐月写明累计支出比例"
            report(Severity.WARNING, "plan_unread", message, line.where)
    return ()


def _points(pairs: list[tuple[str, str, Where]], report: Report) -> tuple[PlanPoint, ...]:
    fractions = _are_fractions([written for _, written, _ in pairs])
    points = []
    for time, written, where in pairs:
        month, share = _month(time), _share(written, fractions)
        if month is None:
            report(
                Severity.ERROR, "checkpoint_unreadable", f"支出计划的时间“{time}”不在年度内", where
            )
        elif share is None:
            report(Severity.ERROR, "share_unreadable", f"{time}的支出比例“{written}”读不出", where)
        else:
            points.append(PlanPoint(squeeze(time), month, share, where))
    return tuple(points)


def _month(text: str) -> int | None:
    plain = squeeze(text)
    if found := _MONTH.fullmatch(plain):
        return int(found[1]) if 1 <= int(found[1]) <= 12 else None
    if found := _QUARTER.fullmatch(plain):
        quarter = found[1] or found[2]
        return _ORDER[quarter] if quarter else 6 if found[3] else 12
    return None


def _are_fractions(written: list[str]) -> bool:
    """Tell 0.2 0.5 0.8 1 from percents: no sign, none above one, and the last is the whole."""
    plain = [squeeze(each) for each in written]
    if not plain or any("%" in each for each in plain) or not any("." in each for each in plain):
        return False
    numbers = [Decimal(found[1]) for each in plain if (found := _SHARE.fullmatch(each))]
    return len(numbers) == len(plain) and max(numbers) == 1 == numbers[-1]


def _share(written: str, fractions: bool) -> Decimal | None:
    found = _SHARE.fullmatch(squeeze(written))
    if found is None:
        return None
    return Decimal(found[1]) if fractions else Decimal(found[1]).scaleb(-2)


_HEADS = {
    "name": re.compile(
        r"(?:主要)?(?:任务|工作|重点工作|履职|职能活动)(?:任务)?名称|(?:主要|重点)任务"
    ),
    "content": re.compile(r"(?:主要|任务|工作)*内容|任务描述|简要描述|任务说明"),
    "amount": re.compile(r"(?:预算|资金|任务|涉及|合计|总)*(?:金额|资金|预算数|总额)|预算"),
    "executed": re.compile(r"(?:全年|实际)?(?:执行数|执行金额|支出数|支出金额)"),
    "done": re.compile(r"(?:任务|工作)?(?:实际)?完成情况"),
    "score": re.compile(r"(?:自评)?得分"),
}
_TOTAL = re.compile(r"总额|合计|小计|预算金额")
_SUM = re.compile(r"(?:金额|资金|预算)?(?:合计|总计|小计)")
_MARKS = re.compile(r"[.…·]*|任务\d+[:：]?[.…]*")


def read_tasks(lines: Sequence[Line], caption_unit: str | None, report: Report) -> Iterator[Task]:
    """Give a form's yearly tasks; their amounts are in the unit of the heading or the caption."""
    for index, line in enumerate(lines):
        labels = {label(cell.text): cell for cell in line.filled}
        heads = {
            part: cell
            for part, wanted in _HEADS.items()
            for words, cell in labels.items()
            if wanted.fullmatch(words)
        }
        if "name" in heads and heads.keys() & {"content", "amount"}:
            yield from _rows(lines[index + 1 :], heads, caption_unit, report)
            return


def _rows(
    lines: Sequence[Line], heads: dict[str, Cell], caption_unit: str | None, report: Report
) -> Iterator[Task]:
    name = heads["name"]
    money: dict[str, Cell] = {part: heads[part] for part in ("amount", "executed") if part in heads}
    units = {part: unit_of(c.text) or caption_unit or USUAL_UNIT for part, c in money.items()}
    columns: dict[str, int] = {part: cell.column for part, cell in heads.items()}
    for line in lines:
        totals = {
            part: found[0].column
            for part, cell in money.items()
            if (found := [c for c in line.under(cell) if _TOTAL.fullmatch(label(c.text))])
        }
        if totals:  # 总额 | 财政拨款 | 其他资金 below 预算金额
            columns |= totals
            continue
        side = line.filled[0] if line.filled else None
        if side is not None and side.column < name.column:
            return  # another part of the form begins
        titled = line.covering(name.column)
        if titled is None or not titled.text.strip() or titled.continues:
            continue
        words = one_line(titled.text)
        if _SUM.fullmatch(label(words)):
            return
        if _MARKS.fullmatch(words):
            continue
        said = {part: line.covering(column) for part, column in columns.items()}
        text = {part: one_line(cell.text) if cell else "" for part, cell in said.items()}
        fen = {
            part: amount_fen(cell.text, units[part], line.where, f"任务“{words}”", report)
            for part in money
            if (cell := said[part]) is not None and cell.column > titled.column
        }
        yield Task(
            words,
            text.get("content", ""),
            fen.get("amount"),
            line.where,
            fen.get("executed"),
            text.get("done", ""),
            text.get("score", ""),
        )
