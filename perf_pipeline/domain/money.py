"""Amounts of money (金额): read to whole fen (分), written in yuan (元) or ten thousands (万元)."""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction

from perf_pipeline.domain.figures import write_beside
from perf_pipeline.domain.numerals import in_plain_numerals, whole_number
from perf_pipeline.domain.raised_digits import has_raised_digit
from perf_pipeline.domain.share import MULTIPLES
from perf_pipeline.domain.traditional import simplified

FEN_OF_UNIT = {"分": 1, "角": 10, "元": 100, "十亿元": 10**11}
FEN_OF_UNIT |= {f"{times}元": 100 * many for times, many in MULTIPLES.items()}
FEN_OF_UNIT |= {times: 100 * many for times, many in MULTIPLES.items() if times != "百"}
LONGEST = 60  # digits and separators
LARGEST_FEN = 10**14  # a trillion yuan: beyond it a cell is a mistake, a number of something
LARGEST_SUM_FEN = 10 * LARGEST_FEN  # of a sheet: what is reckoned with its payments stays small

_AMOUNT = re.compile(
    r"(?P<sign>[-+]?)(?:人民币|RMB|CNY)?[¥￥]?(?P<after>-?)"
    r"(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d*)?|\d+(?:\.\d*)?|\.\d+)"
    r"(?P<unit>百万元|千万元|万元|千元|亿元|元|千万|百万|万|亿|千)?整?(?P<behind>-?)",
    re.I,
)
_CAPITALS = re.compile(
    r"(?:人民币)?(?P<yuan>[零一二三四五六七八九两十百千万亿]+)[元圆]"
    r"(?:(?P<jiao>[一二三四五六七八九两])角)?零?(?:(?P<fen>[一二三四五六七八九两])分)?[整正]?"
)
_DASHES = str.maketrans("−–—﹣△", "-----")  # △ is how tables of finance write a minus
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad\u202a-\u202e]")
_TWO_NUMBERS = re.compile(r"\d[^\S\n\r]+\d|\d\s*[\n\r]\s*\S")
_PARTED = re.compile(r"\D*\d{1,3}(?:[^\S\n\r]\d{3})+(?:\D.*)?")


def parse_amount_fen(text: str, default_unit: str = "元") -> int:
    """Read an amount as whole fen: "80万", "1,234.56元", "（12.30）", "￥5".

    Full-width signs, thousands separators and blanks are read; brackets, and a minus before or
    behind, mean negative; an amount without a unit is in `default_unit`. Raises ValueError, in
    Chinese, for anything else, for two numbers in one text, for parts of a fen, and for amounts
    that no budget holds.
    """
    if has_raised_digit(text):
        raise ValueError(f"“{text}”不是金额")
    plain = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).strip().translate(_DASHES)
    if _TWO_NUMBERS.search(plain) and not _PARTED.fullmatch(plain):
        raise ValueError(f"“{text}”里有两个数，不是一个金额")
    plain = re.sub(r"\s", "", plain)
    bracketed = plain.startswith("(") and plain.endswith(")")
    found = _AMOUNT.fullmatch(plain[1:-1] if bracketed else plain)
    signs = [found[each] for each in ("sign", "after", "behind") if found[each]] if found else []
    if found is None or bracketed + len(signs) > 1:
        raise ValueError(f"“{text}”不是金额")
    if len(found["digits"]) > LONGEST:
        raise ValueError(f"金额“{text[:LONGEST]}…”长得不可能")
    # a fraction, since a decimal would round what is longer than its precision
    fen = Fraction(found["digits"].replace(",", "")) * FEN_OF_UNIT[found["unit"] or default_unit]
    if fen > LARGEST_FEN:
        raise ValueError(f"金额“{text}”大得不可能")
    if fen.denominator != 1:
        most = (
            "最多六位小数" if (found["unit"] or default_unit).startswith("万") else "最多两位小数"
        )
        raise ValueError(f"金额“{text}”的小数太多：{most}，到分为止")
    return -int(fen) if bracketed or "-" in signs else int(fen)


def capital_fen(text: str) -> int | None:
    """Read an amount in capitals (壹万贰仟叁佰元伍角整) as whole fen; None for what is none."""
    plain = re.sub(r"[\s:]", "", simplified(unicodedata.normalize("NFKC", text)))
    found = _CAPITALS.fullmatch(in_plain_numerals(plain))
    if found is None:
        return None
    yuan, *parts = (whole_number(found[name] or "") for name in ("yuan", "jiao", "fen"))
    return None if yuan is None else 100 * yuan + 10 * (parts[0] or 0) + (parts[1] or 0)


def format_yuan(fen: int) -> str:
    """Write whole fen in yuan with two decimals: 8000050 is "80000.50"."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def format_wan(fen: int, *beside: int) -> str:
    """Write whole fen in 万元 with two decimals, halves away from zero: 80000000 is "80.00".

    More decimals where two would write an amount as nothing (20 yuan are "0.002"), or as another
    amount that stands `beside` it.
    """
    others = (Fraction(each, FEN_OF_UNIT["万元"]) for each in (0, *beside))
    return write_beside(Fraction(fen, FEN_OF_UNIT["万元"]), others)
