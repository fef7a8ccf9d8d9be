"""A folder of documents: each is read by itself, and the summary says how far and why."""

import json
import os
from functools import partial
from pathlib import Path

import pytest

from perf_pipeline.documents.folder import Outcome, documents_in, read_documents
from tests.commands import call
from tests.grids import word, workbook

extract = partial(call, os.environ, "extract")
TITLE = "2024年项目支出绩效目标表"
FORM = """项目名称|造林|<|<
一级指标|二级指标|三级指标|指标值
产出指标|数量指标|面积|1亩"""
UNCLEAR = """项目名称|<|造林|<|<
年度资金总额|<|八十|<|<
一级指标|二级指标|三级指标|指标值|备注
产出指标|数量指标|面积|1亩|"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    inbox = tmp_path / "收件"
    (inbox / "某局").mkdir(parents=True)
    word(inbox / "甲.docx", TITLE, FORM)
    workbook(inbox / "某局" / "乙.xlsx", TITLE, UNCLEAR)
    (inbox / "丙.pdf").write_bytes(b"PK\x03\x04 no pdf")
    (inbox / "~$甲.docx").write_bytes(b"lock")
    (inbox / "照片.jpg").write_bytes(b"\xff\xd8")
    word(tmp_path / "外面.docx", TITLE, FORM)
    (inbox / "链接.docx").symlink_to(tmp_path / "外面.docx")
    return inbox


def test_each_document_is_read_partly_read_or_refused_with_its_reason(folder: Path) -> None:
    paths = documents_in(folder)
    assert [path.name for path in paths] == ["丙.pdf", "乙.xlsx", "甲.docx"]
    refused, partly, read = read_documents(paths)
    assert (read.outcome, read.reason) == (Outcome.READ, "")
    assert partly.outcome is Outcome.PARTLY
    assert "“八十”不是金额" in partly.reason
    assert partly.document is not None
    assert (refused.outcome, refused.document) == (Outcome.REFUSED, None)
    assert "丙.pdf" in refused.reason


def test_the_command_line_lists_a_folder_and_tells_refusals_by_its_exit_code(folder: Path) -> None:
    told = extract(str(folder))
    assert told.returncode == 1
    assert "读全 1 份，部分读出 1 份，拒收 1 份" in told.stdout
    listed = json.loads(extract("--json", str(folder)).stdout)
    assert [each["outcome"] for each in listed] == ["refused", "partly", "read"]
    assert listed[2]["projects"][0]["name"] == "造林"
    assert "projects" not in listed[0]
    (folder / "丙.pdf").unlink()
    assert extract(str(folder)).returncode == 0


def test_a_folder_without_documents_is_an_error(tmp_path: Path) -> None:
    told = extract(str(tmp_path))
    assert told.returncode == 2
    assert "没有绩效目标文件" in told.stderr
