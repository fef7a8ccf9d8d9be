"""The Word file: text stays text whatever it holds, tables and pictures are what a reader needs."""

import io
import zipfile
from dataclasses import replace
from datetime import date

import pytest
from docx import Document
from docx.oxml.ns import nsdecls, qn
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from perf_pipeline.domain.status import Light, Status
from perf_pipeline.reports import chart_pictures
from perf_pipeline.reports.chart_pictures import spending_picture
from perf_pipeline.reports.charts import spending_chart
from perf_pipeline.reports.word_file import WordFile
from perf_pipeline.reports.word_report import word_report
from perf_pipeline.reports.word_table import Band, Column, Tinted, plain, table_xml
from tests.unit.test_report_lines import Q2, indicator, report, spending

COLUMNS = (Column("项目", 100), Column("金额", 40, "right"))


def written() -> WordFile:
    return WordFile("标题", "页眉", "页脚", date(2024, 6, 30))


@given(st.text())
@example("<b>&amp;</b>")
@example("=1+1")
@example("a\x00b\x0bc\x1fd")
@example("\ud800")
@example("\ufffe_x000D_")
@example("{ PAGE } \\* MERGEFORMAT")
def test_any_text_stays_text_in_paragraphs_tables_header_and_properties(text: str) -> None:
    file = WordFile(text, text, text, date(2024, 6, 30))
    file.write(text)
    file.table(text, COLUMNS, [(text, Tinted(text, "B3261E")), Band(text)])
    document = Document(io.BytesIO(file.to_bytes()))
    shown = plain(text)
    assert document.paragraphs[0].text == shown
    (table,) = document.tables
    assert [cell.text for cell in table.rows[1].cells] == [shown, shown]
    assert document.core_properties.title == shown[:255]
    body = etree.tostring(document.element.body, encoding="unicode")
    assert "w:instrText" not in body
    assert "fldSimple" not in body


def test_a_line_break_or_a_tab_is_a_blank() -> None:
    assert plain(" 甲\r\n乙\t丙 ") == "甲 乙 丙"


def test_a_tables_head_is_repeated_and_its_rows_stay_whole_and_numbers_stand_right() -> None:
    written = table_xml("表", COLUMNS, [Band("组"), ("甲", "1.00"), ("长" * 4000, "2.00")])
    (table,) = etree.fromstring(f"<body {nsdecls('w')}>{written}</body>")
    head, band, row, tall = table.findall(qn("w:tr"))
    assert head.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None
    whole = [each.find(f"{qn('w:trPr')}/{qn('w:cantSplit')}") is not None for each in (head, row)]
    assert whole == [True, True]
    assert tall.find(f"{qn('w:trPr')}/{qn('w:cantSplit')}") is None  # taller than any page
    assert row.findall(f".//{qn('w:jc')}")[0].get(qn("w:val")) == "right"
    assert band.find(f".//{qn('w:gridSpan')}").get(qn("w:val")) == "2"


def test_a_picture_says_in_words_what_it_shows() -> None:
    file = written()
    file.picture(spending_picture(spending(), Q2), "曲线", "计划<50%>")
    document = Document(io.BytesIO(file.to_bytes()))
    properties = document.element.body.find(f".//{qn('wp:docPr')}")
    assert properties.get("descr") == "计划<50%>"
    assert document.paragraphs[-1].text == "图1　曲线"


def test_the_same_report_gives_the_same_bytes_whenever_it_is_written() -> None:
    told = replace(report(spending(), indicator()), notice="模拟数据")
    content = word_report(told)
    assert word_report(told) == content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(2020, 1, 1, 0, 0, 0)}
    properties = Document(io.BytesIO(content)).core_properties
    assert properties.created == properties.modified
    assert properties.created is not None
    assert properties.created.date() == Q2.ends_on


def test_the_picture_leaves_the_pages_drawing_as_it_was() -> None:
    before = spending_chart(spending(), Q2)
    spending_picture(spending(), Q2)
    assert spending_chart(spending(), Q2) == before


def test_without_a_chinese_font_a_picture_holds_numbers_and_no_boxes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(chart_pictures, "_chinese_fonts", tuple)
    assert spending_picture(spending(), Q2).startswith(b"\x89PNG")


def test_the_fonts_of_official_documents_are_named_with_others_in_their_stead() -> None:
    with zipfile.ZipFile(io.BytesIO(word_report(report(spending())))) as archive:
        styles = archive.read("word/styles.xml").decode()
        fonts = etree.fromstring(archive.read("word/fontTable.xml"))
    for name in ("方正小标宋简体", "黑体", "楷体_GB2312", "仿宋_GB2312", "宋体"):
        assert f'w:eastAsia="{name}"' in styles
        (font,) = [each for each in fonts if each.get(qn("w:name")) == name]
        assert font.find(qn("w:altName")).get(qn("w:val"))
    assert "Theme=" not in styles.split("w:latentStyles")[0]


@pytest.mark.parametrize(
    ("measure", "received", "named"),
    [
        (None, (), []),
        ("teaching", ("支付台账",), []),
        ("petition_on_time_closing", (), ["没有收到信访事项台账，办理时限无法判断"]),
        (None, ("人民调解案件台账",), ["没有超期未办的案件"]),
    ],
)
def test_only_registers_of_a_departments_trade_are_asked_for(
    measure: str | None, received: tuple[str, ...], named: list[str]
) -> None:
    made = replace(report(), indicators=(indicator(measure=measure),), received=received)
    said = "\n".join(p.text for p in Document(io.BytesIO(word_report(made))).paragraphs)
    assert all(each in said for each in named)
    assert ("没有收到有办理期限的台账" in said) == (not named)
    assert "没有收到人民调解" not in said


def test_many_projects_are_told_and_the_curves_of_the_worst_are_shown() -> None:
    lines = [
        spending(f"项目{n}", light=Light.RED if n % 2 else Light.GREEN, deviation_bp=-n)
        for n in range(40)
    ]
    document = Document(io.BytesIO(word_report(report(*lines))))
    assert len(document.inline_shapes) == 2
    captions = [p.text for p in document.paragraphs if p.text.startswith("图")]
    assert captions[0].startswith("图1　项目39：")
    assert any("偏差最大的2个项目" in p.text for p in document.paragraphs)


def test_an_empty_report_is_a_report_that_says_so() -> None:
    said = "\n".join(p.text for p in Document(io.BytesIO(word_report(report()))).paragraphs)
    for sentence in (
        "没有收到本年度的数据文件。",
        "没有可评价的项目。",
        "没有绩效指标。",
        "没有发现需要说明原因的偏差",
        "办理时限无法判断",
        "没有作出全年预计。",
        "没有需要处理的事项",
        "没有被隔离的行。",
    ):
        assert sentence in said


def test_no_data_is_told_and_is_never_a_zero() -> None:
    bare = spending(
        budget_fen=None, paid_fen=None, actual_bp=None, deviation_bp=None, planned_bp=None
    )
    nothing = indicator(status=Status.NO_DATA, actual_text=None)
    document = Document(io.BytesIO(word_report(report(bare, nothing))))
    (of_spending,) = [t for t in document.tables if t.rows[0].cells[1].text == "预算数"]
    assert [cell.text for cell in of_spending.rows[1].cells][1:7] == [
        *["未提供"] * 2,
        "6月底",
        *["—"] * 3,
    ]
    told = [paragraph.text for paragraph in document.paragraphs]
    assert "1项绩效指标中，无数据1项。没有数据的指标不视为达标。" in told
    assert "1项指标没有数据：信访维稳经费：结案率。" in told
