"""A new figure is one declaration: the class of its row; table, views, pages and JSON follow it.

The declaration is added to a copy of the library, which a process of its own runs; the value that
a judgement would compute is made up here.
"""

import json
import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from lxml import html

from perf_pipeline.domain.status import DEVIATIONS
from tests.integration.reports_fixture import CODE, fill
from tests.kept import empty_warehouse
from tests.year import ROOT

DECLARED = (
    '    arrears_fen: Big | None = told("拖欠款", "Arrears", "到期未付的合同款", Unit.FEN)\n'
    "    late_paid_fen: Big | None = told("
)
PLACE = "    late_paid_fen: Big | None = told("
RUN = """\
import json, sys
from pathlib import Path
from sqlalchemy import text
import perf_pipeline
from perf_pipeline.monitoring.status import read_status
from perf_pipeline.reports.site.write import write_site
from perf_pipeline.reports.write import write_quarter
from perf_pipeline.warehouse.engine import open_warehouse, write_transaction
from perf_pipeline.warehouse.views import dictionary
from tests.integration.reports_fixture import Q1, Q2

engine = open_warehouse(sys.argv[1])
with write_transaction(engine) as connection:
    connection.execute(text("UPDATE spending_result SET arrears_fen = 1234567 + id"))
write_quarter(engine, Q2, Path(sys.argv[2]))
write_site(engine, (Q1, Q2), Path(sys.argv[2]))
[judged] = read_status(engine, Q2)
with engine.connect() as connection:
    view = connection.execute(text("SELECT figure, arrears_fen, arrears_yuan FROM fact_spending"))
    rows = {row.figure: [row.arrears_fen, float(row.arrears_yuan)] for row in view}
print(json.dumps({
    "library": perf_pipeline.__file__,
    "status": judged,
    "view": rows,
    "dictionary": {row[2]: row[4] for row in dictionary() if row[1] == "fact_spending"},
}, default=str))
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """What a library with one more declaration says of a warehouse that is older than it."""
    folder = tmp_path_factory.mktemp("new")
    url = f"sqlite:///{folder / 'warehouse.db'}"
    engine = empty_warehouse(url)
    fill(engine)
    engine.dispose()
    shutil.copytree(ROOT / "perf_pipeline", folder / "perf_pipeline")
    shutil.copytree(ROOT / "tests", folder / "tests", ignore=shutil.ignore_patterns("warehouses"))
    module = folder / "perf_pipeline/warehouse/judgements.py"
    text = module.read_text("utf-8")
    assert text.count(PLACE) == 1
    module.write_text(text.replace(PLACE, DECLARED), "utf-8")
    ran = subprocess.run(
        [sys.executable, "-c", RUN, url, str(folder / "out")],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PATH": "", "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    found: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    assert found["library"].startswith(str(folder))
    return folder, found


def expected(folder: Path) -> dict[str, str]:
    """The amount of each figure, as people read it."""
    with sqlite3.connect(folder / "warehouse.db") as connection:
        rows = connection.execute("SELECT id, arrears_fen FROM spending_result").fetchall()
    return {f"spending_result/{id}": f"{fen / 100:,.2f}元" for id, fen in rows}


@pytest.mark.parametrize("page", ["2024-06", "2024"])
def test_it_stands_on_the_page_of_the_checkpoint_and_of_the_year_with_label_and_unit(
    told: tuple[Path, dict[str, Any]], page: str
) -> None:
    folder, _ = told
    [path] = (folder / "out" / CODE / page).glob("*.html")
    text = html.fromstring(path.read_text("utf-8"))
    amounts = {
        cell.xpath("ancestor::*[@data-row][1]")[0].get("data-row"): cell.text_content()
        for cell in text.xpath("//*[@data-column='arrears_fen']")
    }
    assert len(amounts) == 4
    assert amounts.items() <= expected(folder).items()
    [label] = {each.text_content() for each in text.xpath("//dt") if "拖欠" in each.text_content()}
    assert label == "拖欠款"
    assert json.loads(text.xpath("//script[@id='data']")[0].text)["words"]["拖欠款"] == "Arrears"


def test_it_stands_in_status_and_in_the_view_with_label_and_unit(
    told: tuple[Path, dict[str, Any]],
) -> None:
    folder, found = told
    amounts = expected(folder)
    for line in found["status"]["spending"]:
        place = f"spending_result/{line['figure'][1:]}"
        assert f"{line['arrears_fen'] / 100:,.2f}元" == amounts[place]
        assert found["view"][line["figure"]] == [line["arrears_fen"], line["arrears_fen"] / 100]
    columns = found["status"]["columns"]["spending"]
    assert columns["arrears_fen"] == {"label": "拖欠款", "english": "Arrears", "unit": "分"}
    assert found["dictionary"]["arrears_fen"] == "拖欠款，分；到期未付的合同款"
    assert found["dictionary"]["arrears_yuan"] == "拖欠款，元；到期未付的合同款"


def test_it_stands_in_the_word_report(told: tuple[Path, dict[str, Any]]) -> None:
    folder, found = told
    [path] = (folder / "out" / CODE / "2024-06").glob("*.docx")
    text = "\n".join(each.text for each in Document(str(path)).paragraphs)
    deviating = [each for each in found["status"]["spending"] if each["light"] in DEVIATIONS]
    amounts = [expected(folder)[f"spending_result/{each['figure'][1:]}"] for each in deviating]
    assert len(amounts) >= 2  # of the others Word gives the table only
    assert sorted(re.findall("拖欠款 ([0-9.,]+元)", text)) == sorted(amounts)
