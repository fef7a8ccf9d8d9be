"""People's data (个人信息): which cells name people, and how such a value is shown.

Whoever reads a page or a log needs to tell rows apart, not people: a name keeps its first letter,
a number its beginning or end. What was handed in stands in the department's own file.
"""

from __future__ import annotations

import re
from enum import StrEnum

ERASED = "（已删除）"  # stands where a value was erased: the cell was filled, with what is gone


class Personal(StrEnum):
    """What of a person a cell holds."""

    NAME = "name"  # of a person, or of an office or firm in its place
    IDENTITY = "identity"
    PHONE = "phone"
    ADDRESS = "address"


_IDENTITY = re.compile(r"(?<![0-9])([1-9]\d{5})(?:18|19|20)\d{9}[0-9Xx](?![0-9Xx])")
_MOBILE = re.compile(r"(?<![0-9])(1[3-9]\d)[- ]?\d{4}[- ]?(\d{2})\d{2}(?![0-9])")
_LANDLINE = re.compile(r"(?<![0-9-])(0\d{2,3})-\d{5,6}(\d{2})(?![0-9])")
# 2 to 4 letters of a name, 阿卜杜拉·艾合买提, and whatever beside it is no office or firm
_PERSON = re.compile(
    r"[\u4e00-\u9fff]{1,8}·[\u4e00-\u9fff·]{1,12}|[\u4e00-\u9fff]{2,4}|[A-Za-z .]+"
)
_OFFICE = re.compile(
    r"(?:公司|集团|厂|店|行|局|院|校|学|队|会|所|社|部|处|站|室|科|股|办|厅|中心|园|馆|银行"
    r"|街道|镇|乡|村|委|政府|机关|单位|事务|Co|Ltd|Inc)[.）)]*$"
)
_HEADINGS = {  # of columns that no register declares
    Personal.IDENTITY: re.compile(r"身份证|证件号|公民身份"),
    Personal.PHONE: re.compile(r"电话|手机|联系方式"),
    Personal.ADDRESS: re.compile(r"住址|地址|户籍|居住地"),
    Personal.NAME: re.compile(r"姓名|当事人|信访人|申请人|来访人|联系人|户主|负责人|经办人|填报人"),
}


def told_by(heading: str) -> Personal | None:
    """Return what of people an undeclared column holds, by its heading."""
    return next((kind for kind, words in _HEADINGS.items() if words.search(heading)), None)


def masked(value: str, kind: Personal) -> str:
    """Write a value of a column that holds people's data so that it names nobody.

    A name that is an office's or a firm's stays.
    """
    if kind is Personal.NAME:
        plain = value.strip()
        person = _PERSON.fullmatch(plain) and not _OFFICE.search(plain)
        return f"{plain[0]}{'*' * min(len(plain) - 1, 3)}" if person else without_numbers(value)
    if kind is Personal.ADDRESS:
        return f"{value[:3]}***" if value else value
    shown = without_numbers(value)
    return shown if shown != value or not value else f"{value[:2]}***"


def without_numbers(text: str) -> str:
    """Mask identity numbers and phones wherever they stand in a text."""
    if not any(sign.isdecimal() for sign in text):
        return text
    text = _IDENTITY.sub(r"\1************", text)
    return _LANDLINE.sub(r"\1-****\2", _MOBILE.sub(r"\1****\2**", text))
