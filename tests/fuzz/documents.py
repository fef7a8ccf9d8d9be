"""Coverage-guided fuzzing of extraction: whatever is handed in is read or refused, never a crash.

Usage: python -m tests.fuzz.documents FOLDER [-runs=N] [-max_total_time=SECONDS] (libFuzzer's own
options). FOLDER holds the inputs that reach new code; it begins with those of `seeds`.
"""

import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.grids import page, tabbed, word, workbook

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
KINDS = (
    ("docx", "word/document.xml"),
    ("xlsx", "xl/worksheets/sheet1.xml"),
    ("html", None),
    ("txt", None),
    ("docx", "word/numbering.xml"),
    ("xlsx", "xl/styles.xml"),
    ("bin", None),
)
MAKERS = {"docx": word, "xlsx": workbook, "html": page, "txt": tabbed}


class Target:
    """Makes a file of fuzzed bytes: the first chooses the kind, the rest is a part or all of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.packages = {
            kind: MAKERS[kind](folder / f"whole.{kind}", *PARTS) for kind in ("docx", "xlsx")
        }

    def seeds(self) -> Iterator[bytes]:
        for number, (kind, part) in enumerate(KINDS):
            if part is not None:
                with zipfile.ZipFile(self.packages[kind]) as archive:
                    yield bytes([number]) + archive.read(part)
            elif kind in MAKERS:
                yield bytes([number]) + MAKERS[kind](self.folder / f"s.{kind}", *PARTS).read_bytes()
            else:
                yield bytes([number]) + self.packages["docx"].read_bytes()

    def file(self, data: bytes) -> Path:
        kind, part = KINDS[data[0] % len(KINDS)] if data else KINDS[-1]
        path = self.folder / f"fuzzed.{kind}"
        if part is None:
            path.write_bytes(data[1:])
            return path
        with (
            zipfile.ZipFile(self.packages[kind]) as source,
            zipfile.ZipFile(path, "w") as archive,
        ):
            for name in source.namelist():
                archive.writestr(name, data[1:] if name == part else source.read(name))
        return path

    def read(self, data: bytes) -> None:
        from perf_pipeline.documents.as_json import to_json_dict
        from perf_pipeline.documents.extract import extract_document
        from perf_pipeline.domain.errors import PerfPipelineError

        try:
            to_json_dict(extract_document(self.file(data)))
        except PerfPipelineError as error:
            if "fuzzed" not in str(error):
                raise AssertionError("a refusal must name the file") from error


def main(arguments: list[str]) -> None:
    import atheris

    with atheris.instrument_imports(include=["perf_pipeline.documents", "perf_pipeline.domain"]):
        import perf_pipeline.documents.extract  # noqa: F401

    with TemporaryDirectory() as folder:
        target = Target(Path(folder))
        corpus = Path(arguments[1])
        for number, seed in enumerate(target.seeds()):
            (corpus / f"seed{number}").write_bytes(seed)
        atheris.Setup(arguments, target.read)
        atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv)
