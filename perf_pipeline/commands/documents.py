"""Commands about target documents: extract, review."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from perf_pipeline.commands.shell import (
    AsJson,
    app,
    console,
    indicator_library,
    print_json,
    show,
    tell,
    warehouse,
)
from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.domain.faults import disk_words
from perf_pipeline.language.spoken import SpokenConsole
from perf_pipeline.settings import read_calendar

if TYPE_CHECKING:
    from perf_pipeline.documents.model import Finding, TargetDocument
    from perf_pipeline.documents.review.targets import IndicatorName


class FailOn(StrEnum):
    """From which severity on a review fails a script."""

    ERROR = "error"
    WARNING = "warning"

    @property
    def severities(self) -> tuple[str, ...]:
        """The severities that fail it."""
        return ("error",) if self is FailOn.ERROR else ("error", "warning")


@app.command()
def extract(
    file: Annotated[Path, typer.Argument(help="绩效目标文件，或放着这些文件的文件夹")],
    as_json: AsJson = False,
) -> None:
    """读绩效目标文件（Word、Excel、PDF、文本）：项目、指标、支出计划、预算和发现的问题。

    文件夹逐份读取；有拒收的文件时退出码为 1。
    """
    from perf_pipeline.printing.documents import print_document

    if file.is_dir():
        _extract_folder(file, as_json)
        return
    from perf_pipeline.documents.extract import extract_document

    document = _as_json(extract_document(file))
    show(document, as_json, lambda: print_document(console, document))


def _as_json(document: TargetDocument) -> dict[str, object]:
    """Return what was read, with all that the review says of it as its findings."""
    from perf_pipeline.documents.as_json import to_json_dict
    from perf_pipeline.documents.review.review import review_document

    library = indicator_library()
    findings = review_document(document, library=library)
    return to_json_dict(replace(document, findings=findings), library)


def _extract_folder(folder: Path, as_json: bool) -> None:
    from rich.progress import track

    from perf_pipeline.documents.folder import Outcome, documents_in, read_documents
    from perf_pipeline.printing.documents import print_folder

    paths = documents_in(folder)
    if not paths:
        raise ConfigurationError(f"文件夹“{folder}”里没有绩效目标文件")
    told = SpokenConsole(stderr=True)
    entries = [*track(read_documents(paths), "读取", len(paths), console=told, transient=True)]
    if as_json:
        listed = [
            (_as_json(each.document) if each.document else {"document": {"path": str(each.path)}})
            | {"outcome": str(each.outcome), "reason": each.reason}
            for each in entries
        ]
        print_json(listed)
    else:
        print_folder(console, entries)
    if any(each.outcome is Outcome.REFUSED for each in entries):
        sys.exit(1)


@app.command()
def review(
    file: Annotated[Path, typer.Argument(help="绩效目标文件")],
    as_json: AsJson = False,
    workbook: Annotated[
        Path | None, typer.Option(help="另写一份审核工作簿（.xlsx），供人核对和更正")
    ] = None,
    fail_on: Annotated[
        FailOn | None, typer.Option(help="有这一级或更严重的意见时，退出码为 1")
    ] = None,
    calendar: Annotated[
        Path | None, typer.Option(help="财政日历 calendar.yaml：支出计划应有其中每个检查点")
    ] = None,
    last_year: Annotated[
        bool, typer.Option("--last-year", help="与数据仓库里上年的实际完成值比较")
    ] = False,
) -> None:
    """审核一份绩效目标文件：缺项、归类、重复、矛盾、不可衡量、预算和分值不平。"""
    from perf_pipeline.documents.extract import extract_document
    from perf_pipeline.documents.review.review import review_document, to_json_list
    from perf_pipeline.printing.documents import print_review

    document = extract_document(file)
    findings = review_document(
        document,
        months=read_calendar(calendar).checkpoint_months if calendar else None,
        last_year=_last_year(document) if last_year else None,
        library=indicator_library(),
    )
    if workbook is not None:
        _write_workbook(workbook, document, findings)
    show(to_json_list(findings), as_json, lambda: print_review(console, document, findings))
    if fail_on is not None and any(each.severity in fail_on.severities for each in findings):
        sys.exit(1)


def _last_year(document: TargetDocument) -> Mapping[IndicatorName, Fraction]:
    from perf_pipeline.monitoring.last_year import read_last_year

    return read_last_year(warehouse(), document.department, document.fiscal_year)


def _write_workbook(path: Path, document: TargetDocument, findings: tuple[Finding, ...]) -> None:
    from perf_pipeline.documents.review.corrections import FILE_MARK
    from perf_pipeline.reports.review_workbook import build_review_workbook

    if path.suffix.lower() != ".xlsx":
        raise ConfigurationError(f"审核工作簿应写成 .xlsx，不能是“{path.name}”")
    content = build_review_workbook(document, findings)
    try:
        with path.open("xb") as stream:
            stream.write(content)
    except FileExistsError:
        said = f"{path} 已经存在，其中可能有填好的更正；请另写一个文件名"
        raise ConfigurationError(said) from None
    except OSError as error:
        raise ConfigurationError(f"{path} 无法写入（{disk_words(error)}）") from error
    name = "" if FILE_MARK in path.name else f"；交回时文件名须含“{FILE_MARK}”"
    tell(f"审核工作簿在 {path}{name}", aside=True)
