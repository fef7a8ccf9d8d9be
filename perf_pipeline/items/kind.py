"""What an item is about."""

from __future__ import annotations

from perf_pipeline.domain.words import Word

TO_COME = "registers_to_come"  # the key of the one item of all registers that are asked for
RECOMPUTED = "recomputed"  # that of all figures that came out otherwise from the original files


class ItemKind(Word):
    """What an item (事项) is about; with a key it tells a department's causes of a year apart."""

    PROJECT = "project", "项目资金"  # its money; the key is its name
    INDICATOR = "indicator", "绩效指标"  # the key is its row_key
    REGISTER = "register", "台账和文件"  # its files and its cases; the key is the register's name
    PATTERN = "pattern", "审计线索"  # what the audit found to be true; the key is the audit's rule
