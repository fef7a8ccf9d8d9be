"""Sheets and files whose name or title says that what they hold may not count: 作废, 退款, 样例.

Such a sheet reads like any other, so that nothing in its cells tells: it waits until someone says
what it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from perf_pipeline.domain.traditional import simplified
from perf_pipeline.registers.captions import texts
from perf_pipeline.registers.declaration import Register
from perf_pipeline.registers.files import OpenedSheet
from perf_pipeline.registers.header import Header, Known
from perf_pipeline.registers.headings import label_key

_LONGEST_TITLE = 40
_OTHERWISE = "{}写着“{}”，不知里面的行算不算；算的请改掉这几个字后重交，不算的请删去这张表"
# 含退款 says that what was paid stands there too
_NOT = r"(?<!未)(?<!非)(?<!含)(?<!含已)(?<!包括)(?<!剔除)(?<!扣除)(?<!排除)(?<!除)(?<!无)"
_COUNTED = r"\s*(?:[件次个户起宗套吨]|人次?|台套?|平方米|公里|[%％])\s*[)）]?$"
_EXPLAINS = re.compile(
    "^[(（]?(?:注|说明|备注|提示|要求|填[报表写])|负[数值]|填列|填写"
    rf"|(?:单位|部门)[:：](?!{_COUNTED})"
)
_NO_DATA = (
    "作废|废弃|废止|撤销|撤诉|注销|已终止|已取消|已删除|样例|示例|样表|模板|草稿"
    r"|(?:^|[\s\-—(（])测试(?:数据|表|用|版|件)?(?=$|[\s\-—)）\d])"  # 软件测试 is paid for
    r"|\b(?:void(?:ed)?|cancel(?:l?ed)?|drafts?|samples?|examples?|templates?|test)\b"
)
_NO_PAYMENTS = (
    "冲销|红冲|冲红|红字|退款|退回|退汇|退票|支付失败|驳回|未付|未支付|待付|待支付|未清算|未入账"
    "|^收入(?!支出|[与和及])|^收款(?![人方单户账])|下月|拟付|用款申请|预计(?:支付|付款|支出|拨付)"
    # 三年行动计划, 计划财务科 and 计划生育 are names of what is paid for and of who pays
    "|(?:支付|付款|用款|支出|资金|拨款)计划(?!执行|完成)|(?<!动)计划(?:支付|付款|用款|支出|拨付|[数表])"
    "|^计划$"
    r"|\b(?:refunds?|reversals?|unpaid|pending|rejected|planned|forecast)\b"
)
# what a table of months may hold instead: a sum has no day and no payee to tell
_NO_SUMS = (
    "(?<!动)计划(?!财务|生育|执行|完成)|目标|安排|测算|预算(?!执行|支出|单位|部门|项目|科目|年度)"
    "|下达|到位|拨入|应[付支]|收入(?!支出|[与和及])|[件次户数]量|[件人次户]数|人次"
    f"|单位[:：]{_COUNTED}"
)


def may_not_count(
    declared: Register, path: Path, sheet: OpenedSheet, header: Header, known: Known, year: int
) -> str | None:
    """Say why what a sheet holds may not count; None where neither name nor title says so."""
    projects = known.projects or ()
    file_name = path.stem.replace("模板", "")  # a template is filled in and handed in
    for where, name in (("工作表名", sheet.name), ("文件名", file_name)):
        if name and (word := says_otherwise(declared, name, projects)):
            return _OTHERWISE.format(where, word)
    years = set(re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", sheet.name or ""))
    if declared.change is not None and years - {str(year)} == years != set():
        return _OTHERWISE.format("工作表名", sheet.name)
    above = map(texts, islice(sheet.rows(), max(header.row + 1 - len(header.rows), 0)))
    words = f"{_NO_PAYMENTS}|{_NO_SUMS}" if sheet.numbers else _NO_PAYMENTS
    title = title_says_otherwise(declared, above, projects, words)
    return _OTHERWISE.format("标题", title) if title else None


def says_otherwise(declared: Register, text: str, projects: Iterable[str] = ()) -> str | None:
    """Return the word by which a sheet's or a file's name says so, the projects' names apart."""
    said = _without(projects, simplified(text).lower())
    for own in (declared.label, *declared.also_called):
        said = said.replace(own, " ")
    words = _NO_DATA if declared.amount is None else f"{_NO_DATA}|{_NO_PAYMENTS}"
    found = re.search(f"{_NOT}(?:{words})", said.replace("_", " "))
    return found[0] if found else None


def title_says_otherwise(
    declared: Register,
    lines: Iterable[Iterable[str]],
    projects: Iterable[str] = (),
    words: str = _NO_PAYMENTS,
) -> str | None:
    """Return what a title above a ledger says of that kind: 二、退款明细.

    A note on how to fill it in (退款以负数填列) is no title, nor is who hands it in.
    """
    if declared.amount is None:
        return None
    of_payments = f"{_NOT}(?:{words})"
    for text in (text.strip() for line in lines for text in line):
        if len(label_key(text)) > _LONGEST_TITLE or _EXPLAINS.search(text):
            continue
        if re.search(of_payments, _without(projects, simplified(text).lower())):
            return text
    return None


def _without(projects: Iterable[str], text: str) -> str:
    for name in projects:
        text = text.replace(simplified(name).lower(), " ")
    return text
