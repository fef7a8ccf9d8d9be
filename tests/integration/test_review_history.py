"""A new year's targets are reviewed against what the warehouse says was reached the year before."""

from dataclasses import replace
from fractions import Fraction

from sqlalchemy import Engine

from perf_pipeline.documents.extract import extract_document
from perf_pipeline.documents.review.review import review_document
from perf_pipeline.documents.review.targets import IndicatorName
from perf_pipeline.domain.target_grammar import parse_target
from perf_pipeline.monitoring.last_year import read_last_year
from tests.year import DATA, judge, judged_year

DOCUMENT = DATA / "renditions/2024年部门整体绩效目标.txt"
DEPARTMENT = "高新区政法委"
NAME = IndicatorName("综治重点工作经费", "", "活动次数")


def test_a_target_far_from_the_years_end_is_a_finding(engine: Engine) -> None:
    judged_year(engine, "2024-10")
    assert read_last_year(engine, DEPARTMENT, 2025) == {}  # the year is not over
    judge(engine, "2024-12")
    reached = read_last_year(engine, DEPARTMENT, 2025)
    assert reached[NAME] >= 3
    assert reached[NAME].denominator == 1
    rates = [value for key, value in reached.items() if key.name.endswith("率")]
    assert rates
    assert all(0 <= value <= Fraction(2) for value in rates)
    assert read_last_year(engine, DEPARTMENT, 2024) == {}
    assert read_last_year(engine, "别的部门", 2025) == {}

    document = replace(extract_document(DOCUMENT), fiscal_year=2025)
    easier = replace(
        document,
        projects=tuple(
            replace(
                project,
                indicators=tuple(
                    replace(each, raw_value="≥1次", target=parse_target("≥1次"))
                    if each.level3 == NAME.name
                    else each
                    for each in project.indicators
                ),
            )
            for project in document.projects
        ),
    )
    found = [
        finding
        for finding in review_document(easier, last_year=reached)
        if finding.code == "target_too_easy" and NAME.name in finding.message
    ]
    assert [finding.project for finding in found] == [NAME.project]
    assert f"{reached[NAME]}次" in found[0].message
