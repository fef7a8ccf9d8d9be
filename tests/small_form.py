"""A form of one indicator, and what it is read as: tests write another value into it."""

from pathlib import Path

from perf_pipeline.documents.extract import extract_document
from perf_pipeline.documents.model import Project

NAMES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)
TITLE = "2024年项目支出绩效目标表"
FORM = """项目名称|造林|<|<
一级指标|二级指标|三级指标|指标值
产出指标|数量指标|面积|1亩"""
UP = '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>{}</w:t></w:r>'


def only(path: Path) -> Project:
    [project] = extract_document(path).projects
    return project


def values(path: Path) -> list[str]:
    return [each.raw_value for each in only(path).indicators]
