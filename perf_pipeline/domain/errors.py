"""The exceptions that perf_pipeline raises for what people hand in or set up wrongly.

Every message is written for the person who can mend the cause: it names the file and, where
known, the sheet, row and column, what was found and what was expected.
"""

from __future__ import annotations

from dataclasses import dataclass

from perf_pipeline.domain.personal import without_numbers


@dataclass(frozen=True)
class Place:
    """Where something stands in an input: any part may be unknown."""

    file: str | None = None
    sheet: str | None = None
    row: int | None = None
    column: str | None = None

    def __str__(self) -> str:
        """Write the place for a reader: 文件“a.xlsx” 工作表“支付” 第5行 列“金额”."""
        parts = [
            f"文件“{without_numbers(self.file)}”" if self.file else "",
            f"工作表“{self.sheet}”" if self.sheet else "",
            f"第{self.row}行" if self.row is not None else "",
            f"列“{self.column}”" if self.column else "",
        ]
        return " ".join(part for part in parts if part)


class PerfPipelineError(Exception):
    """Root of all errors that perf_pipeline raises on purpose."""

    def __init__(self, message: str, place: Place | None = None) -> None:
        """Keep the place beside the message, which begins with it."""
        self.place = place or Place()
        where = str(self.place)
        super().__init__(f"{where}：{message}" if where else message)


class UnreadableFileError(PerfPipelineError):
    """A file that cannot be opened or is not what its name says."""


class LayoutError(PerfPipelineError):
    """A file that opens but lacks a sheet, table, header or column that it must have."""


class NothingJudgedError(PerfPipelineError):
    """A quarter that has no results yet, where results are needed."""


class ConfigurationError(PerfPipelineError):
    """A setting, calendar, declaration or map that cannot be used."""


class ReaderHeldUpError(PerfPipelineError):
    """A file whose reader got no processor, or no answer of a disk: it is read again later."""


class InWordsError(PerfPipelineError):
    """What a database or a disk complained of (its cause), in words that tell what to do."""


class NoSuchItemError(ConfigurationError):
    """A number that no item (整改事项) bears."""


class AnswerError(ConfigurationError):
    """An answer to an item (答复) of which something is missing or cannot be held against data."""


class UnreachableError(ConfigurationError):
    """Something outside that does not answer now: it may later, or its address is wrong."""
