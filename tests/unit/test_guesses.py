"""What a form leaves out is guessed from the indicator library, marked, and never filled in."""

from pathlib import Path

from perf_pipeline.documents.as_json import to_json_dict
from perf_pipeline.documents.extract import extract_document
from perf_pipeline.documents.review.review import review_document
from perf_pipeline.library.indicators import FILE, load_library
from tests.grids import word

LIBRARY = load_library(Path(__file__).parents[2] / "data" / FILE)
FORM = """项目名称|法律援助|<|<
绩效目标|做好法律援助。|<|<
{head}
{first}法律援助案件数量|300|20
{first}系统故障率|2%|20
{first}无人知道的事项|12次|60"""
LEFT_OUT = FORM.format(head="三级指标|指标值|权重", first="")
SAID = (
    FORM.format(head="一级指标|二级指标|三级指标|指标值|权重", first="产出指标|数量指标|")
    .replace("300", "≥300件")
    .replace("2%", "≤2%")
)


def guesses(tmp_path: Path, form: str) -> list[dict[str, str] | None]:
    document = extract_document(word(tmp_path / "表.docx", "2024年项目支出绩效目标表", form))
    [project] = to_json_dict(document, LIBRARY)["projects"]
    assert [each["raw_value"] for each in project["indicators"]][2] == "12次"
    return [each["guessed"] for each in project["indicators"]]


def test_levels_unit_and_direction_are_guessed_beside_what_was_read(tmp_path: Path) -> None:
    count, rate, unknown = guesses(tmp_path, LEFT_OUT)
    assert count is not None
    assert rate is not None
    assert unknown is None
    asked = ("level1", "level2", "unit", "direction")
    assert [count[each] for each in asked] == ["产出指标", "数量指标", "件", "≥"]
    assert [rate[each] for each in asked] == ["产出指标", "质量指标", "", "≤"]
    assert count["trade"]
    assert count["source"]


def test_nothing_is_guessed_of_what_a_form_says(tmp_path: Path) -> None:
    assert guesses(tmp_path, SAID) == [None, None, None]


def test_what_was_read_stays_as_written_and_the_review_tells_the_guess(tmp_path: Path) -> None:
    document = extract_document(word(tmp_path / "表.docx", "2024年项目支出绩效目标表", LEFT_OUT))
    [project] = document.projects
    assert [(i.level1, i.target.unit) for i in project.indicators[:2]] == [("", None), ("", "%")]
    findings = review_document(document, library=LIBRARY)
    told = [each for each in findings if each.code == "left_out_guessed"]
    assert [each.where.split("表1")[1] for each in told] == ["第4行", "第5行"]
    assert "推测为一级指标“产出指标”" in told[0].proposal
    assert not any(each.code == "left_out_guessed" for each in review_document(document))
