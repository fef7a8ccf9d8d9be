"""A third language is a file: its catalogue beside the others is compiled, offered and spoken."""

from pathlib import Path

import pytest
from babel.messages.frontend import CommandLineInterface

from perf_pipeline.language import spoken
from perf_pipeline.language.spoken import languages, say, speaking
from perf_pipeline.reports.page_words import page_languages, page_words, translated

FRENCH = """
msgid ""
msgstr ""
"Language: fr\\n"
"Content-Type: text/plain; charset=utf-8\\n"

msgid "打印"
msgstr "imprimer"

msgid "{0}月底"
msgstr "fin {0:month}"

msgid "{0}行"
msgstr "{0} {0:ligne|lignes}"
"""


@pytest.fixture
def french(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Do as CONTRIBUTING says of a language."""
    file = tmp_path / "fr" / "LC_MESSAGES" / "perf_pipeline.po"
    file.parent.mkdir(parents=True)
    file.write_text(FRENCH, "utf-8")
    compiling = ["pybabel", "-q", "compile", "-D", "perf_pipeline", "-d", str(tmp_path)]
    CommandLineInterface().run(compiling)
    monkeypatch.setattr(spoken, "CATALOGUES", tmp_path)


@pytest.mark.usefixtures("french")
def test_a_language_is_offered_and_spoken_by_its_own_rules() -> None:
    assert languages() == ["zh", "fr"]
    with speaking("fr"):
        assert say("0行") == "0 ligne"  # of none, French says one
        assert say("2行，6月底") == "2 lignes, fin juin"
        assert say("没有隔离的行。") == "没有隔离的行。"


@pytest.mark.usefixtures("french")
def test_a_page_is_in_chinese_and_in_it() -> None:
    with speaking("fr"):
        assert page_languages() == {"language": "fr", "other": "fr", "called": "français"}
        assert page_words()["打印"] == "Imprimer"
        assert page_words()["6月底"] == "Fin juin"
        assert translated("没有需要处理的事项。") == "没有需要处理的事项。"
