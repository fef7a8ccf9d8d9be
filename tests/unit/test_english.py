"""What people read in English: messages found again in what was written in Chinese."""

import io
import logging
import re
from importlib.resources import files
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes
from rich.table import Table

from perf_pipeline.cli import app
from perf_pipeline.commands.spoken_help import spoken_command
from perf_pipeline.documents.extract import extract_document
from perf_pipeline.documents.review.review import review_document
from perf_pipeline.language.catalogue import Catalogue, catalogue
from perf_pipeline.language.messages import TEMPLATE_TEXT, in_template
from perf_pipeline.language.spoken import SpokenConsole, SpokenFormatter, languages, say, speaking
from perf_pipeline.language.template import HAN
from perf_pipeline.printing.documents import print_review
from perf_pipeline.registers.declaration import load_registers
from perf_pipeline.reports import page_words
from perf_pipeline.warehouse.schema import metadata
from scripts.messages import in_python
from tests.grids import word
from tests.own_words import without

ROOT = Path(__file__).resolve().parents[2]
LOCALE = files("perf_pipeline") / "locale"
CATALOGUES = sorted(each.name for each in LOCALE.iterdir() if each.is_dir())
HEADED = {f"{of.name}.{each.name}": each for of in load_registers() for each in of.columns}


def written(language: str = "en") -> dict[str, str]:
    """Return the messages of a catalogue that have a translation."""
    with (LOCALE / language / "LC_MESSAGES" / "perf_pipeline.po").open("rb") as file:
        told = read_po(file, locale=language)
        return {str(each.id): str(each.string) for each in told if each.id and each.string}


def test_no_message_lacks_a_translation() -> None:
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        places, options = parse_mapping_cfg(file, "babel.cfg")
    found = {each[2] for each in extract_from_dir(ROOT, places, options)}
    have = written()
    assert sorted(message for message in found if not have.get(str(message))) == []


@pytest.mark.parametrize("language", CATALOGUES)
def test_the_compiled_catalogue_is_the_written_one(language: str) -> None:
    with (LOCALE / language / "LC_MESSAGES" / "perf_pipeline.mo").open("rb") as file:
        compiled = {str(each.id): str(each.string) for each in read_mo(file) if each.id}
    assert compiled == written(language)


@pytest.mark.parametrize("language", CATALOGUES)
def test_a_translation_uses_the_values_of_its_message(language: str) -> None:
    """Values that are only counted by a form of a word, `{0:row|rows}`, are values too."""
    astray = [
        message
        for message, said in written(language).items()
        if message != said and _values(message) != _values(said)
    ]
    assert astray == []


def _values(text: str) -> set[str]:
    """Return the names of the values in a text; those without one are counted."""
    names = re.findall(r"\{(\w*)(?::[^{}]*)?\}", text)
    return {name or str(n) for n, name in enumerate(names)}


def test_messages_are_literals_with_numbered_holes() -> None:
    source = 'raise Wrong(f"第{row}行")\nlog.warning("拒收 %s：%s", path, error)\nWORDS = "台账"\n'
    assert [text for _, text in in_python(source, speaks=False)] == ["第{0}行", "拒收 {0}：{1}"]
    assert "台账" in [text for _, text in in_python(source, speaks=True)]


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        ("数据仓库", "warehouse"),
        ("6月底", "end of June"),
        ("2024年6月30日", "30 June 2024"),
        ("没有隔离的行。", "No rows are in quarantine."),
        (
            "雪亮工程：10月底前还应支付126.00万元",
            "雪亮工程: a further 1,260,000 yuan is due to be paid by end of October",
        ),
        (
            "累计支付占预算73.83%，计划6月底达到70.00%，高于计划3.83个百分点",
            "73.83% of the budget paid, 70.00% planned by end of June, "
            "above plan by 3.83 percentage points",
        ),
        ("再多258件（现为572/830）", "258 more needed (cases), now 572/830"),
        (
            "[bold red]错误[/] 没有编号为 9 的事项；编号见 perf-pipeline items",
            "[bold red]Error[/] No item has the number 9; perf-pipeline items lists the numbers",
        ),
        (
            "实际83.19%（1589/1910），未达到目标（达90%以上）",
            "actual 83.19% (1589/1910), target not met (达90%以上)",
        ),
        (
            "指标“开馆”的指标值“2026年3月”不在2025年度内",
            "the target “2026年3月” of the indicator “开馆” is not within 2025",
        ),
        (
            "指标“课时”的指标值“343”没有计量单位",
            "the target “343” of the indicator “课时” has no unit",
        ),
        (
            "3月报“90/100”、6月报“8/8”、12月报“9次”",
            "“90/100” reported in March, “8/8” reported in June, “9次” reported in December",
        ),
    ],
)
def test_a_text_is_said_by_the_message_that_made_it(chinese: str, english: str) -> None:
    assert catalogue("en").say(chinese) == english


FORM = """项目名称|造林经费|<|<
项目资金（万元）|年度资金总额|80|<
资金支出计划|3月底：25%，6月底：50%，9月底：75%，12月底：100%|<|<
一级指标|二级指标|三级指标|指标值
产出指标|数量指标|植树|≥3次
产出指标|质量指标|成活率|≥95%"""


@pytest.mark.parametrize(
    "name",
    ["某某银行", "加强矛盾化解，提高群众满意度", "“达到100%”", "高新区政法委／综治重点工作经费"],
)
def test_names_and_quotations_stay_as_they_are(name: str) -> None:
    assert catalogue("en").say(name) == name


def test_what_is_not_understood_stays_whole() -> None:
    of = Catalogue("en", {"少付{0}元": "{0} yuan less paid", "无": "none"})
    assert of.say("少付3元") == "3 yuan less paid"
    assert of.say("少付某数元") == "少付某数元"
    assert of.say("无中生有，少付3元") == "无中生有，少付3元"


def test_the_terminal_speaks_in_tables_and_lines() -> None:
    table = Table("部门", "检查点", title="预算执行")
    table.add_row("某局", "6月底")
    out = io.StringIO()
    with speaking("en"):
        SpokenConsole(file=out, width=80).print(table, "没有隔离的行。")
    assert all(
        word in out.getvalue()
        for word in (
            "Department",
            "Checkpoint",
            "某局",
            "end of June",
            "No rows are in quarantine.",
        )
    )


@pytest.mark.parametrize(
    ("title", "form"),
    [
        ("项目支出绩效目标表", FORM),  # names neither year nor maker
        ("2024年项目支出绩效目标表", FORM.replace("|80", "|八十")),
        ("2024年项目支出绩效目标表", FORM.replace("（万元）", "")),
        ("2024年项目支出绩效目标表", FORM.replace("≥3次", "≥3次≥4次")),
        ("2024年项目支出绩效目标表", FORM.replace("6月底：50%", "6月底：很多%")),
    ],
)
def test_what_a_document_lacks_is_said_whole(tmp_path: Path, title: str, form: str) -> None:
    document = extract_document(word(tmp_path / "a.docx", title, form))
    out = io.StringIO()
    with speaking("en"):
        print_review(SpokenConsole(file=out, width=500), document, review_document(document))
    known = sorted([title, *re.split(r"[|\n]", form)], key=len, reverse=True)
    assert document.findings
    said = out.getvalue().splitlines()
    assert [line for line in said if HAN.search(without(known, line))] == []


def test_logs_and_help_speak() -> None:
    record = logging.LogRecord(
        "x", logging.WARNING, "", 1, "拒收 %s：%s", ("a.xlsx", "文件是空的"), None
    )
    with speaking("en"):
        said = SpokenFormatter(logging.Formatter("%(message)s")).format(record)
        command = spoken_command(app)
    assert said == "Refused a.xlsx: the file is empty"
    assert command.help == "Budget performance monitoring"


def test_chinese_costs_nothing_and_is_untouched() -> None:
    assert languages() == ["zh", "en"]
    assert say("没有隔离的行。") == "没有隔离的行。"


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("再多258件（现为572/830）", "再多43件（现为143/143）"),
        ("再多2件（现为3/5）", "再多1件（现为4/5）"),  # one more, and more than one
        ("比计划少支付21.50万元", "比计划少支付3406.00万元"),
        ("21.50万元，215,000元", "21.60万元，215,000元"),  # what was one is two
        ("6月底，累计95.65%（22/23）", "12月底，累计22.23%（95/65）"),
        ("实际91.13%（1336/1466），达到目标（≥90%）", "实际88.00%（90/90），达到目标（≥88%）"),
    ],
)
def test_what_was_said_of_a_sentence_does_not_change_another_s_figures(
    first: str, then: str
) -> None:
    anew, known = Catalogue("en", catalogue("en").whole), Catalogue("en", catalogue("en").whole)
    known.say(first)
    assert known.say(then) == anew.say(then)


def test_what_a_table_and_its_columns_hold_is_said_whole() -> None:
    """Of a register's column: its heading is its name, and stays."""
    told = {
        declared.description if declared else each.comment or ""
        for table in metadata.tables.values()
        for each in (table, *table.c)
        for declared in [HEADED.get(str(each))]
    }
    left = {text for text in told if not catalogue("en").understands(text)}
    assert left == set()


def test_the_messages_of_a_template_are_what_jinja_reads_in_it() -> None:
    for file in (files("perf_pipeline.reports") / "templates").iterdir():
        if file.name.endswith(".j2"):
            source = file.read_text("utf-8")
            found = Environment(autoescape=True).parse(source)
            told = [
                (node.lineno, text)
                for node in found.find_all((nodes.Const, nodes.TemplateData))
                for text in (
                    map(str.strip, TEMPLATE_TEXT.findall(f">{node.data}<"))
                    if isinstance(node, nodes.TemplateData)
                    else [str(node.value)]
                )
                if HAN.search(text)
            ]
            assert sorted(in_template(source)) == sorted(told), file.name


def test_sentences_of_an_attribute_stand_apart() -> None:
    told = page_words.spoken_attribute(["没有支出计划。", "指标没有数据来源。"], "aria-label")
    assert 'aria-label="没有支出计划。指标没有数据来源。"' in told
    assert re.search(r'data-said-in="[A-Z][^.]+\. [A-Z][^."]+\.?"', told), told


def test_what_a_template_says_without_a_value_is_a_word_of_every_page() -> None:
    # Jinja fills it in once a process: only the first page would carry what it is in English
    words, found = page_words.page_words(), 0
    for file in (files("perf_pipeline.reports") / "templates").iterdir():
        if file.name.endswith(".j2"):
            for node in Environment().parse(file.read_text("utf-8")).find_all(nodes.Filter):
                if node.name == "t" and isinstance(node.node, nodes.Const) and not node.args:
                    found += 1
                    assert node.node.value in words, f"{file.name}: {node.node.value}"
    assert found > 100


def test_the_words_of_a_page_stand_in_one_order_whichever_class_was_imported_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = list(page_words._declared().items())
    monkeypatch.setattr(page_words, "DECLARED", dict(reversed(page_words.DECLARED.items())))
    assert list(page_words._declared().items()) == before
