"""Target documents in layouts that were not looked at before: read as a person would, or told.

The cases stand in tests/data/forms/unseen.yaml. `parts` are drawn as tests/grids.py draws forms.
What must come of it: `indicators`, each name with its value as written, and the areas' values
where there are several; `budget_fen`; `refused`; `told`, codes of findings.
"""

from pathlib import Path
from typing import Any

import pytest
import yaml

from perf_pipeline.documents.extract import extract_document
from perf_pipeline.domain.errors import PerfPipelineError
from tests.grids import workbook

DATA = Path(__file__).parent.parent / "data" / "forms" / "unseen.yaml"
CASES: dict[str, Any] = yaml.load(DATA.read_text("utf-8"), yaml.CSafeLoader)


@pytest.mark.parametrize("kind", CASES)
def test_a_form_is_read_as_a_person_would_or_is_told(kind: str, tmp_path: Path) -> None:
    case = CASES[kind]
    path = workbook(tmp_path / "目标.xlsx", *case["parts"])
    if case.get("refused"):
        with pytest.raises(PerfPipelineError, match=case["refused"]):
            extract_document(path)
        return
    document = extract_document(path)
    codes = {each.code for each in document.findings}
    assert set(case.get("told", ())) <= codes
    [project] = document.projects
    if "budget_fen" in case:
        assert (project.budget and project.budget.total_fen) == case["budget_fen"]
        return
    read = [
        [each.level3, each.raw_value, *([[a.raw_value for a in each.areas]] if each.areas else [])]
        for each in project.indicators
    ]
    assert read == case["indicators"]
