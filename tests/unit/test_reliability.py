"""How good forecasts were, as a picture: a point for each line of the record, in its place."""

from lxml import etree

from perf_pipeline.monitoring.outlook.record import RecordLine
from perf_pipeline.reports.reliability import LEFT, SIDE, TOP, reliability_picture

RECORD = (
    RecordLine(3_500, 5, 0, 5),
    RecordLine(100_000, 20, 10, 18),
    RecordLine(792_000, 80, 80, 70),
)


def points(record: tuple[RecordLine, ...]) -> list[tuple[float, float, float]]:
    drawn = etree.fromstring(str(reliability_picture(record)))
    circles = [each for each in drawn if each.tag == "circle"]
    return [(float(c.attrib["cx"]), float(c.attrib["cy"]), float(c.attrib["r"])) for c in circles]


def test_each_line_has_its_point_and_more_forecasts_a_larger_one() -> None:
    (low, even, high) = points(RECORD)
    assert low[:2] == (LEFT + SIDE * 0.07, TOP + SIDE)
    assert even[:2] == (LEFT + SIDE / 2, TOP + SIDE / 2)
    assert high[1] == TOP
    assert low[2] < even[2] < high[2]


def test_without_a_record_nothing_stands_on_the_axes() -> None:
    assert points(()) == []
