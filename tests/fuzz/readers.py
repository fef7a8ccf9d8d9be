"""Coverage-guided fuzzing of every reader: what is handed in is read or refused, never a crash.

Files are opened in the readers' process with its limits; what they say is found out here, where
coverage is seen.

Usage: python -m tests.fuzz.readers FOLDER [-runs=N] [-max_total_time=SECONDS] (libFuzzer's own
options). FOLDER holds the inputs that reach new code; it begins with those of `seeds`.
"""

import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import xlwt
from matplotlib.figure import Figure
from pyarrow import parquet, table

from tests.grids import page, tabbed, word, workbook
from tests.hostile import LEDGER, ledger, open_document

FORM = """项目编码|53011|项目名称|造林|<|<
预算数|80万|其中：财政资金|80万|其他资金|
资金支出计划|<|3月底|6月底|9月底|12月底
^|<|10%|40%|70%|100%
绩效目标|目标1：造林一千亩。|<|<|<|<
绩效指标|一级指标|二级指标|三级指标|指标值|分值
^|产出指标|数量指标|面积|≥1000亩|50
^|^|质量指标|成活率|95%以上|30
^|满意度指标|满意度指标|村民满意度|≥90%|20"""
PROSE = "绩效指标：群众满意度达95%；办结率和答复率达到95%以上；零脱漏管。"
PARTS = ("2024年项目绩效目标表", "单位：万元", PROSE, FORM)
ROWS = [*LEDGER, ["记-1", "2024-03-05", "造林", "1234.56", "财政资金"]]


def csv(path: Path) -> None:
    path.write_text("\n".join(",".join(map(str, row)) for row in ROWS), "utf-8")


def ods(path: Path) -> None:
    rows = "".join(
        "<table:table-row>"
        + "".join(f"<table:table-cell><text:p>{c}</text:p></table:table-cell>" for c in row)
        + "</table:table-row>"
        for row in ROWS
    )
    open_document(path.parent, "整份", rows).rename(path)


def xls(path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("s")
    for number, row in enumerate(ROWS):
        for column, cell in enumerate(row):
            sheet.write(number, column, cell)
    book.save(str(path))


def columns(path: Path) -> None:
    parquet.write_table(table({str(head): [cell] for head, cell in zip(*ROWS, strict=True)}), path)


def pdf(path: Path) -> None:
    figure = Figure()
    figure.text(0.1, 0.5, "Trees")
    figure.savefig(path)


class Kind(NamedTuple):
    """What a file is, which part of it is fuzzed (None: all of it), and how a whole one is made."""

    suffix: str
    part: str | None
    make: Callable[[Path], object]
    is_ledger: bool = False


def of_document(make: Callable[..., Path]) -> Callable[[Path], Path]:
    return lambda path: make(path, *PARTS)


DOCX, XLSX = of_document(word), of_document(workbook)
KINDS = (
    Kind("docx", "word/document.xml", DOCX),
    Kind("xlsx", "xl/worksheets/sheet1.xml", XLSX),
    Kind("html", None, of_document(page)),
    Kind("txt", None, of_document(tabbed)),
    Kind("docx", "word/numbering.xml", DOCX),
    Kind("xlsx", "xl/styles.xml", XLSX),
    Kind("docx", None, DOCX),
    Kind("pdf", None, pdf),
    Kind("csv", None, csv, is_ledger=True),
    Kind("xlsx", "xl/worksheets/sheet1.xml", lambda path: ledger(path, ROWS), is_ledger=True),
    Kind("ods", "content.xml", ods, is_ledger=True),
    Kind("xls", None, xls, is_ledger=True),
    Kind("parquet", None, columns, is_ledger=True),
)


class Target:
    """Makes a file of fuzzed bytes: the first chooses the kind, the rest is a part or all of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.whole = [folder / f"whole{n}.{kind.suffix}" for n, kind in enumerate(KINDS)]
        for path, kind in zip(self.whole, KINDS, strict=True):
            kind.make(path)

    def seeds(self) -> Iterator[bytes]:
        for number, (kind, path) in enumerate(zip(KINDS, self.whole, strict=True)):
            if kind.part is None:
                yield bytes([number]) + path.read_bytes()
                continue
            with zipfile.ZipFile(path) as archive:
                yield bytes([number]) + archive.read(kind.part)

    def file(self, number: int, content: bytes) -> Path:
        kind = KINDS[number]
        path = self.folder / f"支付台账_fuzzed.{kind.suffix}"
        if kind.part is None:
            path.write_bytes(content)
            return path
        with (
            zipfile.ZipFile(self.whole[number]) as source,
            zipfile.ZipFile(path, "w") as archive,
        ):
            for name in source.namelist():
                archive.writestr(name, content if name == kind.part else source.read(name))
        return path

    def read(self, data: bytes) -> None:
        from perf_pipeline.documents.as_json import to_json_dict
        from perf_pipeline.documents.extract import tell
        from perf_pipeline.documents.reading import read_file, read_opened
        from perf_pipeline.domain.errors import PerfPipelineError
        from perf_pipeline.registers.declaration import register
        from tests.read_register import read_register

        number = data[0] % len(KINDS) if data else 0
        path = self.file(number, data[1:])
        try:
            if KINDS[number].is_ledger:
                reading = read_register(path, register("payment"), fiscal_year=2024)
                kept = len(reading.rows) + len(reading.quarantined) + reading.skipped
                assert kept == reading.rows_read, "every row is kept, told of or skipped"
            else:
                to_json_dict(tell(path, read_file(path, read_opened), None))
        except PerfPipelineError as error:
            if "fuzzed" not in str(error):
                raise AssertionError("a refusal must name the file") from error


def main(arguments: list[str]) -> None:
    import atheris

    of = ["perf_pipeline.documents", "perf_pipeline.domain", "perf_pipeline.registers"]
    with atheris.instrument_imports(include=of):
        import perf_pipeline.documents.extract
        import perf_pipeline.registers.reading  # noqa: F401

    with TemporaryDirectory() as folder:
        target = Target(Path(folder))
        corpus = Path(arguments[1])
        corpus.mkdir(parents=True, exist_ok=True)
        for number, seed in enumerate(target.seeds()):
            (corpus / f"seed{number}").write_bytes(seed)
        atheris.Setup(arguments, target.read)
        atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv)
