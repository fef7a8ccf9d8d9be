"""However the shipped forms are drawn, at random, the same indicators are read from them."""

from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from perf_pipeline.documents.forms import read_form
from perf_pipeline.documents.model import Cell, Indicator, Paragraph, Project, Row, Table
from perf_pipeline.documents.segments import segments
from perf_pipeline.domain.target import TargetKind
from tests.grids import blocks, grid
from tests.unit.test_extraction import INDICATORS

HEADS = {
    "level1": ("一级指标", "一 级 指 标", "一级绩效指标", "一级", "一级指标："),
    "level2": ("二级指标", "二级\n指标", "二级绩效指标", "二级", "二级指标名称"),
    "level3": ("三级指标", "指标名称", "三级指标（指标内容）", "具体指标内容", "绩效指标内容"),
    "value": (
        "指标值",
        "年度目标值（A）",
        "全年目标值",
        "指标值（包含数字及文字描述）",
        "应达到标准",
    ),
}
BESIDE = {
    "序号": "{number}",
    "权重": "10",
    "备注": "",
    "责任科室": "办公室",
    "上年完成值": "90%",
    "半年（程）指标值": "50%",
    "评（扣）分标准": "未完成扣5分",
    "指标值确定依据": "工作计划",
}
FOOT = (
    "",
    "合计||||100",
    "注：指标值请填写具体数值，如≥95%。",
    "填报人：某某|联系电话：0551-62345678",
)


@dataclass(frozen=True)
class Drawing:
    """How a form is drawn: its headings, what stands beside them, and how levels are merged."""

    heads: tuple[str, ...]
    before: tuple[str, ...]  # columns between the name and the value
    after: tuple[str, ...]
    repeat: str  # how a level is written again: merged, blank, the word, or 同上
    side: bool
    two_rows: bool
    again: int  # rows after which the header is repeated, as on a new page
    blank: int  # rows after which a row is blank
    numbered: str
    points: str
    foot: str


drawings = st.builds(
    Drawing,
    heads=st.tuples(*(st.sampled_from(names) for names in HEADS.values())),
    before=st.lists(st.sampled_from([*BESIDE][1:]), unique=True, max_size=2).map(tuple),
    after=st.lists(st.sampled_from([*BESIDE][1:]), unique=True, max_size=2).map(tuple),
    repeat=st.sampled_from(["^", "", "word", "同上"]),
    side=st.booleans(),
    two_rows=st.booleans(),
    again=st.integers(1, 20),
    blank=st.integers(1, 20),
    numbered=st.sampled_from(["", "指标{}：", "{}."]),
    points=st.sampled_from(["", "（30分）"]),
    foot=st.sampled_from(FOOT),
)


def drawn(name: str, rows: Sequence[tuple[str, ...]], how: Drawing) -> str:
    level1, level2, level3, value = how.heads
    beside = [*how.before, *how.after]
    width = 4 + how.side + len(beside) + how.two_rows
    lines = [["项目名称", name, *["<"] * (width - 2)]]
    lines.append(["年度绩效目标", "按计划完成全年工作。", *["<"] * (width - 2)])
    values = [value, "<"] if how.two_rows else [value]
    header = [level1, level2, level3, *how.before, *values, *how.after]
    terms = ["^", "^", "^", *("^" for _ in how.before), "上年", "本年", *("^" for _ in how.after)]
    heading = [header, terms] if how.two_rows else [header]
    lines += [["绩效指标" if how.side else "", *each][not how.side :] for each in heading]
    above = ("", "")
    for number, (one, two, three, raw) in enumerate(rows, 1):
        fresh = number == 1 or how.again == number - 1 or how.blank == number - 1
        if how.again == number - 1:
            lines += [["", *each][not how.side :] for each in heading]
        elif how.blank == number - 1:
            lines.append([""] * width)
        first = f"{one}{how.points}" if fresh or one != above[0] else how.repeat
        second = two if fresh or (one, two) != above else how.repeat
        fillings = {
            "word": (f"{one}{how.points}", two),
            "同上": ("同上" if first == "同上" else first, "同上" if second == "同上" else second),
        }
        first, second = fillings.get(how.repeat, (first, second))
        cells = [first, second, how.numbered.format(number) + three]
        said = [["90%", raw] if how.two_rows else [raw]]
        row = [
            *cells,
            *(BESIDE[each].format(number=number) for each in how.before),
            *said[0],
            *(BESIDE[each].format(number=number) for each in how.after),
        ]
        side = "" if fresh or how.repeat != "^" else "^"
        lines.append([side, *row][not how.side :])
        above = (one, two)
    if how.foot:
        lines.append(how.foot.split("|"))
    return "\n".join("|".join(line).replace("\n", "\\n") for line in lines)


def table(drawing: str) -> Table:
    cells = grid(drawing)
    rows: list[list[Cell]] = [[] for _ in cells]
    for top, left, bottom, right, text in blocks(cells):
        for row in range(top, bottom + 1):
            rows[row].append(Cell(text, left, right - left + 1, row > top))
    ordered: list[Row] = [tuple(sorted(row, key=lambda cell: cell.column)) for row in rows]
    return Table(tuple(ordered), "表1")


def read(drawings: Sequence[str]) -> list[Project]:
    parts = [Paragraph("项目支出绩效目标表", 1)]
    found = [
        form
        for each in drawings
        for segment in segments([*parts, table(each)])
        if (form := read_form(segment, 2024)) is not None
    ]
    return [project for form in found for project in form.projects]


def said(indicator: Indicator, how: Drawing, number: int) -> tuple[str, ...]:
    name = indicator.level3.removeprefix(how.numbered.format(number))
    one = indicator.level1.removesuffix(how.points)
    return one, indicator.level2, name, indicator.raw_value


@settings(max_examples=40, deadline=None)
@given(how=drawings)
def test_every_drawing_of_the_shipped_projects_says_the_same(how: Drawing) -> None:
    projects = read([drawn(name, rows, how) for name, rows in INDICATORS.items()])
    assert [project.name for project in projects] == [*INDICATORS]
    for project, rows in zip(projects, INDICATORS.values(), strict=True):
        found = [said(each, how, n) for n, each in enumerate(project.indicators, 1)]
        assert found == rows
        kinds = [each.target.kind for each in project.indicators if "%" in each.raw_value]
        assert set(kinds) == {TargetKind.NUMBER}
