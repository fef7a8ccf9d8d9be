"""Sheets and files whose name or title says that what they hold may not count: 作废, 退款, 样例.

Such a sheet reads like any other, so that nothing in its cells tells: it waits until someone says
what it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from perf_pipeline.domain.traditional import simplified
from perf_pipeline.registers.declaration import Register
from perf_pipeline.registers.headings import label_key

_LONGEST_TITLE = 40
_NOT = r"(?<!未)(?<!非)(?<!不含)(?<!不包括)(?<!剔除)(?<!扣除)(?<!排除)(?<!除)(?<!无)"
_NO_DATA = (
    "作废|废弃|废止|撤销|撤诉|注销|已终止|已取消|已删除|样例|示例|样表|模板|测试|草稿"
    r"|\b(?:void(?:ed)?|cancel(?:l?ed)?|drafts?|samples?|examples?|templates?|test)\b"
)
_NO_PAYMENTS = (
    "冲销|红冲|冲红|红字|退款|退回|退汇|退票|支付失败|驳回|未付|未支付|待付|待支付|未清算|未入账"
    "|下月|计划|预计|拟付|用款申请"
    r"|\b(?:refunds?|reversals?|unpaid|pending|rejected|planned|forecast)\b"
)


def says_otherwise(declared: Register, text: str) -> str | None:
    """Return the word by which a sheet's or a file's name, or a title, says so."""
    said = simplified(text).lower()
    for own in (declared.label, *declared.also_called):
        said = said.replace(own, " ")
    words = _NO_DATA if declared.amount is None else f"{_NO_DATA}|{_NO_PAYMENTS}"
    found = re.search(f"{_NOT}(?:{words})", said.replace("_", " "))
    return found[0] if found else None


def title_says_otherwise(declared: Register, lines: Iterable[Iterable[str]]) -> str | None:
    """Return what a title above a ledger says of that kind: 二、退款明细."""
    if declared.amount is None:
        return None
    titles = (text for line in lines for text in line if len(label_key(text)) <= _LONGEST_TITLE)
    of_payments = f"{_NOT}(?:{_NO_PAYMENTS})"
    return next((t.strip() for t in titles if re.search(of_payments, simplified(t).lower())), None)
