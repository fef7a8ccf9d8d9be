"""What is wrong with a settings file (设置文件), in words that its keeper can act on."""

from __future__ import annotations

from pydantic import ValidationError

# by the type of the error, else by the word that it begins with: int_type, int_parsing
FAULTS = {
    "extra_forbidden": "没有这样的键",
    "missing": "必须有，现在没有",
    "int": "应为整数",
    "float": "应为数字",
    "bool": "应为 true 或 false",
    "string": "应为文字",
    "string_pattern_mismatch": "写法不对，应符合 {pattern}",
    "string_too_short": "不能为空",
    "string_too_long": "最多 {max_length} 字",
    "tuple": "应为一列，写作 [甲, 乙]，或每行以“- ”开头",
    "list": "应为一列，写作 [甲, 乙]，或每行以“- ”开头",
    **dict.fromkeys(("mapping", "dict", "model"), "应为“键: 值”"),
    "date": "应为日期，如 2024-10-01",
    "time": '应为加引号的时刻，如 "20:00"',
    "literal_error": "应为 {expected} 之一",
    "enum": "应为 {expected} 之一",
    "less_than": "应小于 {lt}",
    "less_than_equal": "应不大于 {le}",
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "应不小于 {ge}",
    "too_long": "最多 {max_length} 项",
    "too_short": "至少 {min_length} 项",
    "union_tag_invalid": "没有这一种，可用 {expected_tags}",
    "union_tag_not_found": "须写明种类 {discriminator}",
    "url": "应为网址",
}
LONGEST_VALUE = 60
DISK: dict[type[OSError], str] = {  # what a disk complains of; its own words are English
    FileNotFoundError: "不存在",
    PermissionError: "没有权限",
    NotADirectoryError: "路径里有一段是文件，不是文件夹",
    IsADirectoryError: "是文件夹，不是文件",
    FileExistsError: "已有同名的文件",
}


def faults_of(error: ValidationError) -> str:
    """Say each fault of a settings file: the key, what it must be, and what stands there."""
    return "；".join(_fault(each) for each in error.errors())


def written_wrongly(error: Exception) -> str:
    """Say where a file is no YAML, or why it cannot be read."""
    mark = getattr(error, "problem_mark", None)
    if mark is not None:
        return f"第{mark.line + 1}行第{mark.column + 1}列附近的写法不对（缩进、冒号后的空格、括号）"
    if isinstance(error, UnicodeDecodeError):
        return "文字编码不是 UTF-8，请另存为 UTF-8"
    return f"读不出（{disk_words(error)}）"


def disk_words(error: Exception) -> str:
    """Say why a disk did not do what was asked; of another error, what kind it is."""
    if not isinstance(error, OSError):
        return type(error).__name__
    return DISK.get(type(error)) or error.strerror or str(error)


def settings_faults(error: ValidationError) -> str:
    """Say which settings (PERF_…) are wrong and why; not their values, which may be secrets."""
    return "；".join(
        f"PERF_{'__'.join(str(part) for part in each['loc']).upper()} {said_of(each)}"
        if each["loc"]
        else said_of(each)  # of all of them together
        for each in error.errors()
    )


def fault_of(error: ValidationError) -> str:
    """Say the first fault of a value, and not where it stands."""
    return said_of(error.errors()[0])


def said_of(error: object) -> str:
    """Say one of the faults that a ValidationError lists, and not where it stands."""
    assert isinstance(error, dict)
    if error["type"] == "value_error":  # one of our own: it speaks for itself
        return str((error.get("ctx") or {}).get("error", error["msg"]))
    context = {
        key: value.replace(" or ", "、") if isinstance(value, str) else value
        for key, value in (error.get("ctx") or {}).items()
    }
    kind = error["type"]
    said = FAULTS.get(kind) or FAULTS.get(kind.partition("_")[0], "应为其他内容")
    return said.format(**context)


def _fault(error: object) -> str:
    assert isinstance(error, dict)
    key = ".".join(str(part) for part in error["loc"]) or "全文"
    said = said_of(error)
    if error["type"] == "value_error":
        return f"{key}：{said}"
    if error["type"] in ("missing", "extra_forbidden"):
        return f"{key} {said}"
    shown = repr(error["input"])
    shown = shown if len(shown) <= LONGEST_VALUE else f"{shown[:LONGEST_VALUE]}…"
    return f"{key} {said}，现为 {shown}"
