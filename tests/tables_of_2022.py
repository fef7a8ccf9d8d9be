"""What tests of tables share: a title, a body whose reading is known, and how a drawing is read."""

from collections.abc import Callable
from pathlib import Path

from perf_pipeline.documents.extract import extract_document
from perf_pipeline.documents.model import TargetDocument
from tests.grids import MAKERS
from tests.unit.test_layouts import rows

TITLE = "2022年项目支出绩效目标表"
BODY = """
    产出指标|数量指标|修路长度|≥12公里
    ^|质量指标|验收合格率|100%
    效益指标|社会效益指标|受益人口|≥3000人
    满意度指标|服务对象满意度指标|群众满意度|≥90%"""
SAID = [
    ("产出指标", "数量指标", "修路长度", "≥12公里"),
    ("产出指标", "质量指标", "验收合格率", "100%"),
    ("效益指标", "社会效益指标", "受益人口", "≥3000人"),
    ("满意度指标", "服务对象满意度指标", "群众满意度", "≥90%"),
]
Read = Callable[..., TargetDocument]


def reader(ending: str, folder: Path) -> Read:
    """Return what makes a file of a kind from a drawing, and reads it."""

    def made(form: str) -> TargetDocument:
        return extract_document(MAKERS[ending](folder / f"表{ending}", TITLE, form))

    return made


def values(document: TargetDocument) -> list[tuple[str, str]]:
    return [(row[2], row[3]) for row in rows(document)]
