"""The form for answering items, behind a proxy: whose, by whom, from where, and that it counts."""

import re
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import Connection, Engine, select

from perf_pipeline.domain.clock import LOCAL
from perf_pipeline.domain.errors import ConfigurationError, NoSuchItemError
from perf_pipeline.domain.serving import ServingRules
from perf_pipeline.items.answering import answer
from perf_pipeline.items.answers import LEDGER
from perf_pipeline.items.standings import Item, live_items, read_items
from perf_pipeline.items.state import State
from perf_pipeline.serving.access import Access
from perf_pipeline.serving.answering import LARGEST, Answering
from perf_pipeline.warehouse.schema import act, source_file
from tests.integration.test_serving import Answer, Site, running
from tests.items_year import CODE, JUDGED_Q1, SILENT, Year, straight

DEPARTMENTS, PERSON = "X-Perf-Departments", "X-Perf-Person"
RULES = ServingRules(departments_header=DEPARTMENTS, person_header=PERSON)
SAID = {"choice": "继续执行", "category": "其他", "words": "供货商延期交货两个月", "person": "王某"}
CLERK = {DEPARTMENTS: CODE, PERSON: "zhang"}


@pytest.fixture
def year(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Year:
    year = Year(engine, tmp_path, monkeypatch)
    year.day = JUDGED_Q1
    straight(engine, year.judging("2024-03"))
    return year


@pytest.fixture
def site(year: Year, tmp_path: Path) -> Iterator[Site]:
    def live(departments: Collection[str] | None) -> list[Item]:
        with year.engine.connect() as connection:
            return read(connection, live_items(connection, 2024, codes=departments))

    def one(number: int) -> Item:
        with year.engine.connect() as connection:
            found = read(connection, [number])
        if not found:
            raise NoSuchItemError("没有这个事项")
        return found[0]

    def read(connection: Connection, only: list[int]) -> list[Item]:
        return read_items(connection, 2024, year.day, year.told.items, only=only)

    answers = Answering(
        live,
        one,
        lambda item, said, person: answer(
            year.engine, year.inbox, item, said, datetime(2024, 4, 8, 10, tzinfo=LOCAL), by=person
        ),
    )
    url = year.engine.url.render_as_string(hide_password=False)
    access = Access("127.0.0.1", behind_proxy=True, rules=RULES)
    with running(tmp_path / "reports", url, access, answers) as site:
        yield site


def mark_of(page: Answer) -> str:
    found = re.search(r'name="mark" value="(\w+)"', page.text)
    assert found is not None
    return found[1]


def send(site: Site, path: str, said: dict[str, str], **headers: str) -> Answer:
    return site.ask(path, "POST", urlencode(said).encode(), **(CLERK | headers))


def test_an_answer_is_taken_from_whom_it_concerns_and_stands_in_the_log(
    year: Year, site: Site
) -> None:
    number = year.item(SILENT).id
    path = f"/items/{number}"
    listed = site.ask("/items/", **CLERK)
    assert SILENT in listed.text
    assert f'href="{number}"' in listed.text
    assert site.ask("/items/").status == 403
    assert site.ask("/items/", **{DEPARTMENTS: CODE}).status == 403
    others = {DEPARTMENTS: "yi", PERSON: "li"}
    assert SILENT not in site.ask("/items/", **others).text
    assert site.ask(path, **others).status == 404

    form = site.ask(path, **CLERK)
    assert "form-action 'self'" in form.headers["Content-Security-Policy"]
    mark = mark_of(form)
    assert send(site, path, SAID).status == 403
    assert send(site, path, {**SAID, "mark": "0" * 64}).status == 403
    assert send(site, path, {**SAID, "mark": mark}, **{PERSON: "li"}).status == 403
    assert send(site, f"/items/{number + 1}", {**SAID, "mark": mark}).status == 403
    assert send(site, path, {**SAID, "mark": mark}, **others).status == 404
    assert send(site, path, {"mark": mark, "words": "长" * LARGEST}).status == 413
    assert send(site, "/reports/", SAID).status == 413

    vague = send(site, path, {**SAID, "words": "知道了<b>", "mark": mark})
    assert vague.status == 422
    assert "没有说明具体内容" in vague.text
    assert "知道了&lt;b&gt;" in vague.text
    assert year.item(SILENT).standing.state is State.OPENED

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("perf_pipeline.items.answering.load_register", broken)
        ill = send(site, path, {**SAID, "mark": mark})
    assert (ill.status, "geheim" in ill.text) == (503, False)
    (laid,) = year.inbox.rglob("整改台账-事项*.csv")
    laid.unlink()

    elsewhere = year.inbox / "2024" / "yi" / "registers"
    elsewhere.mkdir(parents=True)
    (elsewhere / "整改台账.csv").write_text("事项编号\n", "utf-8")  # not visited by this answer
    taken = send(site, path, {**SAID, "mark": mark})
    assert (taken.status, taken.headers["Location"]) == (303, str(number))
    assert year.item(SILENT).standing.state is State.CHOSEN
    assert "已处置" in site.ask(path, **CLERK).text
    with year.engine.connect() as connection:
        last = connection.execute(select(act).order_by(act.c.id.desc())).first()
        files = connection.scalars(select(source_file.c.path).where(source_file.c.kind == LEDGER))
        assert all(each.startswith(f"2024/{CODE}/") for each in files)
    assert last is not None
    assert (last.what, last.person) == ("answered", "zhang")


def broken(*_: object) -> Any:
    raise ConfigurationError("预警规则 /etc/geheim/rules.yaml 无法使用")


def test_what_is_wrong_with_the_settings_is_no_missing_item(tmp_path: Path) -> None:
    access = Access("127.0.0.1", behind_proxy=True, rules=RULES)
    url = f"sqlite:///{tmp_path}/warehouse.db"
    answers = Answering(broken, broken, lambda *_: None)
    with running(tmp_path / "reports", url, access, answers) as site:
        for path in ("/items/", "/items/1"):
            told = site.ask(path, **CLERK)
            assert (told.status, "设置有误" in told.text) == (503, True)
            assert "geheim" not in told.text


def test_without_a_person_named_by_the_proxy_nothing_is_answered() -> None:
    for rules in (ServingRules(departments_header=DEPARTMENTS), ServingRules(person_header=PERSON)):
        assert not Access("127.0.0.1", behind_proxy=True, rules=rules).takes_answers
    assert not Access("127.0.0.1", behind_proxy=False, rules=RULES).takes_answers


def test_two_answers_at_once_both_count(year: Year, site: Site) -> None:
    path = f"/items/{year.item(SILENT).id}"
    mark = mark_of(site.ask(path, **CLERK))
    assert send(site, path, SAID | {"mark": mark}).status == 303
    more = [{"measures": "每周调度一次供货进度，六月底前到货"}, {"person": "李某"}]
    with ThreadPoolExecutor() as pool:
        sent = pool.map(lambda said: send(site, path, said | {"mark": mark}).status, more)
    assert list(sent) == [303, 303]
    answer = year.item(SILENT).answer
    assert answer is not None
    assert (answer.measures, answer.person) == (more[0]["measures"], "李某")
    files = (year.inbox / "2024" / CODE / "registers").glob(f"整改台账-事项{path[7:]}-*.csv")
    assert len(list(files)) == 3
