"""What `verify` finds: each difference between what was sealed and what stands there now."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from perf_pipeline.domain.clock import LOCAL
from perf_pipeline.domain.words import Word
from perf_pipeline.warehouse.seals.deed import What


class Kind(Word):
    """What is different (差异)."""

    ROW_CHANGED = "row_changed", "行的内容被改动"
    ROW_REMOVED = "row_removed", "行被删除"
    ROW_ADDED = "row_added", "行不是本系统写入的"
    CLOSING_ADDED = "closing_added", "行被作废，而没有文件取代它"
    CLOSING_REMOVED = "closing_removed", "已被取代的行又成为现行"
    CLOSING_CHANGED = "closing_changed", "取代它的文件被改动"
    SEAL_CHANGED = "seal_changed", "操作记录或其封存被改动"
    CHAIN_CUT = "chain_cut", "操作记录断开，中间有被删除的"
    VIEW_CHANGED = "view_changed", "分析视图的内容被改动"
    TRIGGER_ADDED = "trigger_added", "表上有不是本系统的触发器或规则"
    HEAD_MISSING = "head_missing", "操作记录里没有给出的摘要，末尾有被删除的"


@dataclass(frozen=True)
class Difference:
    """One difference: of which row of which table, and whose; or of which act.

    `stored` and `found` say what was and what is, as far as hashes let it be known.
    """

    kind: Kind
    table: str | None = None
    label: str | None = None  # what the table holds
    row: int | None = None
    act: int | None = None
    department: str | None = None
    quarter: str | None = None
    version: int | None = None  # of the checkpoint
    file: str | None = None
    sheet: str | None = None
    row_number: int | None = None
    stored: str | None = None
    found: str | None = None

    def __str__(self) -> str:
        of_table = f"{self.label}（{self.table}）第 {self.row} 号行" if self.table else ""
        placed = (
            self.department,
            self.quarter and f"{self.quarter} 第 {self.version} 版",
            self.file,
            self.sheet,
            f"第 {self.row_number} 行" if self.row_number else None,
            f"操作 {self.act}" if self.act else None,
        )
        where = "，".join(filter(None, (of_table, *placed)))
        what = "；".join(
            filter(
                None,
                (self.stored and f"原为 {self.stored}", self.found and f"现为 {self.found}"),
            )
        )
        return "：".join(filter(None, (self.kind.label, where, what)))


@dataclass(frozen=True)
class Verified:
    """What was looked at, since when it is sealed, the newest digest, and what differs."""

    since: datetime
    begun_by: What
    acts: int
    rows: int
    head: str
    differences: tuple[Difference, ...]

    @property
    def statement(self) -> str:
        """Say in one sentence what was looked at."""
        since = f"{self.since.astimezone(LOCAL):%Y-%m-%d %H:%M}"
        return f"{since}（{self.begun_by.label}）起 {self.acts} 次操作写入的 {self.rows} 行"

    def to_dict(self) -> dict[str, object]:
        """Return it as plain values for JSON."""
        return asdict(self) | {"matches": not self.differences}
