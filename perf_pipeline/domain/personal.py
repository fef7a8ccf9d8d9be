"""People's data (个人信息): which cells name people, and how such a value is shown.

Whoever reads a page or a log needs to tell rows apart, not people: a name keeps its first letter,
a number its beginning or end. What was handed in stands in the department's own file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import lru_cache

from perf_pipeline.domain.patterns import compiled_later

ERASED = "（已删除）"  # stands where a value was erased: the cell was filled, with what is gone


class Personal(StrEnum):
    """What of a person a cell holds."""

    NAME = "name"  # of a person, or of an office or firm in its place
    IDENTITY = "identity"
    PHONE = "phone"
    ADDRESS = "address"


_HALF = str.maketrans("０１２３４５６７８９Ｘｘ＠", "0123456789Xx@")  # full width: as wide
_IDENTITY = re.compile(
    r"(?<![0-9])([1-9]\d{5})[ -]?(?:18|19|20)\d{2}[ -]?(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
    r"[ -]?\d{3}[0-9Xx](?![0-9Xx])"
)
# what is counted, and no number of a phone: 13912345678元, 13912345678千瓦时
_NO_AMOUNT = (
    r"(?![0-9]|\.[0-9]|\s*(?:[万亿%％‰吨亩㎡]|人?次(?!日)|千[瓦米克]|平方|立方|元(?![旦宵])))"
)
_MOBILE = re.compile(  # 13800000000 is a round figure
    rf"(?<![0-9])(?<![0-9]\.)(?![0-9]{{5}}0{{6}})((?:86[- ]?)?1[3-9]\d)[- ]?\d{{4}}"
    rf"[- ]?(\d{{2}})\d{{2}}{_NO_AMOUNT}"
)
_LANDLINES = tuple(  # 8 digits after an area of 3, 7 or 8 after one of 4
    re.compile(
        rf"(?<![0-9-])([（(]{area}[)）][- ]?|{area}[-－ ])[2-9]\d{{{digits}}}(\d{{2}}){_NO_AMOUNT}"
    )
    for area, digits in ((r"0(?:10|2\d)", "5"), (r"0[3-9]\d{2}", "4,5"))
)
# of before 1999: region, a birthday of 1930 to 1999, three digits more
_OLD_IDENTITY = re.compile(
    r"(?<![0-9])((?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5])\d{4})"
    rf"[3-9]\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{{3}}{_NO_AMOUNT}"
)
_MAIL = re.compile(  # not the name of a file: Q1@2024.xlsx
    r"(?<![\w.%+-])([A-Za-z0-9])[\w.%+-]*@"
    r"(?![A-Za-z0-9-]+\.(?:xls|csv|ods|et|doc|wps|pdf|ofd|txt|tsv|parquet|png|jpe?g|zip)\w?\b)"
    r"(?=[A-Za-z0-9-]+\.[A-Za-z])",
    re.ASCII,
)
# a digest or a key, in which digits are no number: parted from what stands beside it, and of more
# letters than stand beside a number (d110105194912310021)
_DIGEST = re.compile(r"(?<![0-9A-Za-z])((?=(?:[0-9]*[a-f]){4})[0-9a-f]{16,})(?![0-9A-Za-z])")
_CARD = re.compile(r"(?<![0-9])(62\d{2})(?:[ -]?\d){12,15}(?![0-9])")  # of a bank
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643-1999
_FIGURE = re.compile(r"[^\w]*[\d.,，%％‰/ ]+[^\d，。；：、（(]{0,6}")
# 2 to 4 letters of a name, 阿卜杜拉·艾合买提, and whatever beside it is no office or firm
_HAN = r"\u3400-\u9fff\U00020000-\U000323af"
_PERSON = compiled_later(rf"[{_HAN}]{{1,8}}·[{_HAN}·]{{1,12}}|[{_HAN}]{{2,4}}|[A-Za-z .]+")
_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余"
    "潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
_BETWEEN = re.compile(r"([、，,；;/／\n]+)")  # 张三、李四
_SPACED = compiled_later(rf"(?<![{_HAN}])([{_HAN}])\s+([{_HAN}])(?![{_HAN}])")  # 李　明
# 张三 李四, 办公室：张三
_ALONE = compiled_later(rf"(?<![{_HAN}])[{_SURNAMES}][{_HAN}]{{1,2}}(?![{_HAN}])")
_BRACKET = re.compile(r"(?P<name>[^（(]+)(?P<rest>[（(][^（(]*[)）])")  # 张三（代）
# 综合科张三
_IN_OFFICE = compiled_later(
    rf"(?P<office>.{{1,8}}(?:科|室|股|处|办|站|所|局|队|中心))(?P<name>[{_SURNAMES}][{_HAN}]{{1,2}})"
)
_COMPOUND = (
    "欧阳|司马|上官|诸葛|尉迟|长孙|慕容|令狐|皇甫|东方|宇文|夏侯"
    "|公孙|轩辕|端木|独孤|南宫|西门|呼延|闻人|申屠|澹台"
)
# firms of four letters that say by their first or last two what they are: 中国移动, 阳光物业
_FIRM = compiled_later(
    r"(?:中国|国家|国网|南网|中铁|中建|中交|中航|中信|中粮|中电|中冶|中核|华为|京东|顺丰|海尔)..|"
    r"..(?:移动|联通|电信|铁塔|石油|石化|电网|电力|供电|供水|水务|热力|燃气|邮政|快递|速运|速递|物流|公交|铁路|航空|保险"
    r"|人寿|财险|证券|物业|家政|保洁|保安|劳务|装饰|装修|建筑|建设|建材|工程|园林|绿化|环保|机电|电器|电子|电脑|科技|网络|软件"
    r"|通信|传媒|文化|广告|印务|印刷|图文|文具|办公|商贸|贸易|百货|商场|商城|超市|广场|酒店|宾馆|饭店|餐饮|食品|粮油|药房|医药"
    r"|汽修|汽车|加油|租赁|旅游|培训|咨询|设计|监理|测绘|服饰|家具|五金|日杂|律师|会计)"
)
# who they are and not who one is: 关于独居老人, 高龄老人, 三千余名老人
_GROUP = (
    r"(?<=[由对关用属基位限至终低高归利便易鉴在出源适等])于|(?<=[\d百千十几数])[万余]|.[名位户余个多]"
    r"|许多|任[何意]|方便|周[边围]|高[龄寿级]|常[住年]|金婚|康复|白内障"
)
_TITLED = compiled_later(
    rf"(?!{_GROUP})(?:{_COMPOUND}|[{_SURNAMES}])[{_HAN}]{{1,2}}?"
    r"(?=同志|先生|女士|师傅|老人|家属|本人|等[\d一二三四五六七八九十]*人)"
)
_SURNAMED = compiled_later(rf"(?:{_COMPOUND}|[{_SURNAMES}])[{_HAN}]{{1,2}}$|[{_HAN}]+·")
# （江苏）有限公司, 公司（武汉）: where a firm is, and no person
_IN_FIRM = compiled_later(
    rf"(?<=[{_HAN}])[（(][{_HAN}]+[)）](?=[{_HAN}])|(?<=公司|集团|银行)[（(][{_HAN}]+[)）]"
)
_ALSO_NAMES = "学会行园社"  # end a name as they end an office's: 王志学, 张园
_OFFICE = compiled_later(
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
        return "".join(map(_masked_name, _BETWEEN.split(_SPACED.sub(r"\1\2", value))))
    if kind is Personal.ADDRESS:
        return f"{value[:3]}***" if value else value
    shown = without_numbers(value)
    return shown if shown != value or not value else f"{value[:2]}***"


def _masked_name(value: str) -> str:
    plain = value.strip()
    if _is_person(plain):
        return f"{plain[0]}{'*' * min(len(plain) - 1, 3)}"
    if (found := _BRACKET.fullmatch(plain)) and _is_person(found["name"].strip()):
        return _masked_name(found["name"]) + without_numbers(found["rest"])
    if (found := _IN_OFFICE.fullmatch(plain)) and _is_person(found["name"]):
        return found["office"] + _masked_name(found["name"])
    return without_people(value, filter(_is_person, _ALONE.findall(value)))


def _is_person(plain: str) -> bool:
    if not _PERSON.fullmatch(plain):
        return False
    if len(plain) == 4 and _FIRM.fullmatch(plain) and not re.match(_COMPOUND, plain):
        return False
    short = len(plain) <= 3 and plain[0] in _SURNAMES and plain[-1] in _ALSO_NAMES
    return short or not _OFFICE.search(plain)


def is_words(text: str | None) -> bool:
    """Tell whether what staff wrote is more than a figure with its unit."""
    return text is not None and len(text) > 1 and not _FIGURE.fullmatch(text)


def without_people(text: str, names: Iterable[str] = ()) -> str:
    """Mask in a free text the people whose names are known, or told by a title (张三同志).

    Identity numbers and phones too. Another name in a text cannot be told from other words.
    """
    for name in names:
        text = text.replace(name, _masked_name(name))
    text = _TITLED.sub(lambda found: _masked_name(found[0]), text)
    return without_numbers(text)


class KnownPeople:
    """Names that a department's registers hold, masked wherever they stand in its texts.

    Of one or two letters beside a first one that is a surname; another word may be a payee too.
    """

    def __init__(self, cells: Iterable[str] = ()) -> None:
        """Take the cells of columns that hold names."""
        named = (name for cell in cells for name in people_in(_IN_FIRM.sub(" ", cell)))
        found = {name for name in named if _SURNAMED.match(name)}
        self._names, self._lengths = found, sorted({*map(len, found)}, reverse=True)
        self._first = re.compile("|".join(sorted({each[0] for each in found})) or "(?!)")

    def without(self, text: str) -> str:
        """Return a text in which none of them stands."""
        shown: list[str] = []
        done = 0
        for at, name in self.found_in(text):
            shown += text[done:at], _masked_name(name)
            done = at + len(name)
        return "".join((*shown, text[done:]))

    def found_in(self, text: str) -> Iterator[tuple[int, str]]:
        """Yield those that a text names, each with where it stands."""
        at = 0
        while found := self._first.search(text, at):
            at = found.start()
            here = (text[at : at + length] for length in self._lengths)
            name = next((each for each in here if each in self._names), None)
            if name is not None:
                yield at, name
            at += len(name or "?")


def people_in(value: str) -> list[str]:
    """Return the people's names in a cell of names, the longest first; no office or firm."""
    value = _SPACED.sub(r"\1\2", value)
    named = {each.strip() for each in _BETWEEN.split(value)} | {*_ALONE.findall(value)}
    return sorted(filter(_is_person, sorted(named)), key=len, reverse=True)


@lru_cache(1 << 16)  # most cells of a register say what others say
def without_numbers(text: str) -> str:
    """Mask numbers of identity, phones, bank cards and mail addresses, wherever they stand.

    Digits of a digest are none.
    """
    if not any(sign in "@＠" or sign.isdecimal() for sign in text):
        return text
    plain = text.translate(_HALF)
    parts = _DIGEST.split(plain)
    parts[::2] = map(_without_numbers, parts[::2])
    shown = "".join(parts)
    return text if shown == plain else shown


def _without_numbers(plain: str) -> str:
    shown = _CARD.sub(_masked_card, _IDENTITY.sub(r"\1************", plain))
    shown = _MOBILE.sub(r"\1****\2**", _OLD_IDENTITY.sub(r"\1*********", shown))
    for landline in _LANDLINES:
        shown = landline.sub(r"\1****\2", shown)
    return _MAIL.sub(r"\1***@", shown)


def has_number_of_person(name: str) -> bool:
    """Tell whether a file's name holds a number of a person, and not of a document alone.

    A document may be numbered by region, day and ordinal, 18 digits in all: an identity number's
    last sign is told by the others.
    """
    plain = _IDENTITY.sub(lambda found: found[0] if _is_identity(found[0]) else "", name)
    return without_numbers(plain) != plain


def _is_identity(number: str) -> bool:
    signs = re.sub("[ -]", "", number.translate(_HALF))
    total = sum(int(sign) * weight for sign, weight in zip(signs, _WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == signs[-1].upper()


def _masked_card(found: re.Match[str]) -> str:
    """Mask what a card's last digit, told by the others, proves to be one (ISO/IEC 7812-1)."""
    digits = [int(sign) for sign in reversed(found[0]) if sign.isdecimal()]
    twice = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    is_card = (sum(digits[::2]) + sum(twice)) % 10 == 0
    return f"{found[1]}**********" if is_card else found[0]
