"""What an item is about."""

from __future__ import annotations

from enum import StrEnum

TO_COME = "registers_to_come"  # the key of the one item of all registers that are asked for
RECOMPUTED = "recomputed"  # that of all figures that came out otherwise from the original files


class ItemKind(StrEnum):
    """What an item (事项) is about; with a key it tells a department's causes of a year apart."""

    PROJECT = "project"  # its money; the key is its name
    INDICATOR = "indicator"  # the key is its row_key
    REGISTER = "register"  # its files and its cases; the key is the register's name
    PATTERN = "pattern"  # what the audit found to be true; the key is the audit's rule


KIND_LABELS: dict[ItemKind, str] = {
    ItemKind.PROJECT: "项目资金",
    ItemKind.INDICATOR: "绩效指标",
    ItemKind.REGISTER: "台账和文件",
    ItemKind.PATTERN: "审计线索",
}
