"""Reports that are not there are drawn when somebody asks for them, on a real port."""

import errno
import os
import time
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Timer

import pytest
from sqlalchemy import Engine, select

from perf_pipeline.domain.serving import ServingRules
from perf_pipeline.reports.files import alone_in
from perf_pipeline.reports.model import QuarterReport
from perf_pipeline.reports.site.model import Year
from perf_pipeline.reports.site.page import render_year
from perf_pipeline.reports.word_report import word_report
from perf_pipeline.reports.write import write_quarter
from perf_pipeline.serving import drawing
from perf_pipeline.serving.access import Access
from perf_pipeline.serving.drawing import draw
from perf_pipeline.warehouse.code_digest import code_digest
from perf_pipeline.warehouse.engine import connect_read_only, write_transaction
from perf_pipeline.warehouse.schema import department
from tests.integration.reports_fixture import judge
from tests.integration.reports_year import CODE, Q1, Q2
from tests.integration.test_serving import HEADER
from tests.integration.undrawn_office import AT, OF_YEAR, OTHER, PAGE, WORD, Office


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    return Office(engine, tmp_path)


def test_what_was_never_written_is_listed_and_drawn_as_a_run_draws_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    with office.serving() as site:
        index = site.ask("/reports/")
        assert f'href="{CODE}/{Q2.name}/"' in index.text
        assert f'href="{OTHER}/2024/"' in index.text
        assert f'href="{Q1.name}/"' in site.ask(f"/reports/{CODE}/").text
        assert not office.out.exists()  # a list draws nothing
        asked = site.ask(f"/reports/{CODE}/{Q2.name}/{PAGE}")
        assert (asked.status, "<!DOCTYPE html>" in asked.text) == (200, True)
        assert WORD in site.ask(f"/reports/{CODE}/{Q2.name}/").text
        assert site.ask(f"/reports/{CODE}/2024").headers["Location"] == "2024/"
        assert OF_YEAR in site.ask(f"/reports/{CODE}/2024/").text
    drawn = office.files()
    assert {Path(each).parts[:2] for each in drawn} == {(CODE, Q2.name), (CODE, "2024")}
    monkeypatch.setattr("perf_pipeline.reports.write.word_report", refusing(CODE))
    assert not {f"{each.relative_to(office.out)}" for each in office.run()} & drawn.keys()
    assert {name: content for name, content in office.files().items() if name in drawn} == drawn


def refusing(code: str) -> Callable[[QuarterReport], bytes]:
    def drawn(report: QuarterReport) -> bytes:
        assert (report.department_code, report.checkpoint.name) != (code, Q2.name), "drawn again"
        return word_report(report)

    return drawn


def test_what_was_deleted_is_drawn_again_and_what_changed_of_others_still_by_the_next_run(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []

    def drawing_year(year: Year, index: str) -> str:
        drawn.append(year.report.department_code)
        return render_year(year, index)

    monkeypatch.setattr("perf_pipeline.reports.site.write.render_year", drawing_year)
    office.run()
    before = office.files()
    form = next(name for name in before if name.startswith(f"{CODE}/{Q2.name}") and ".xlsx" in name)
    gone = [form, f"{CODE}/{Q2.name}/{WORD}", f"{CODE}/2024/{OF_YEAR}"]
    with write_transaction(office.engine) as connection:
        other = connection.execute(
            select(department.c.id).where(department.c.code == OTHER)
        ).scalar_one()
        judge(connection, other, Q2, extra="new")
    with office.serving() as site:
        for name in gone:
            (office.out / name).unlink()
            assert site.ask(f"/reports/{name}").status == 200
    assert office.files() == before  # and the other department's as they were
    assert drawn[2:] == [CODE]
    written = {path.relative_to(office.out).parts[0] for path in office.run()}
    assert written == {OTHER}
    assert drawn[3:] == [OTHER]
    assert office.run() == []


@pytest.mark.parametrize("on_list", [True, False])
def test_nothing_is_drawn_for_who_may_not_see_it_or_of_what_nobody_has(
    office: Office, on_list: bool
) -> None:
    access = Access("127.0.0.1", behind_proxy=True, rules=ServingRules(departments_header=HEADER))
    mine = {HEADER: CODE if on_list else "*"}
    with office.serving(access, how=lambda *_: pytest.fail("drawn")) as site:
        for path in (
            *([f"{OTHER}/{Q2.name}/", f"{OTHER}/{Q2.name}/{PAGE}", f"{OTHER}/2024/"] * on_list),
            *(f"{CODE}/{AT[2].name}/", f"{CODE}/2023/", f"{CODE}/2024-13/", f"{CODE}/20２4/"),
            *(f"nobody/{Q2.name}/", f"%00/{Q2.name}/x.html", f"{'a' * 300}/{Q2.name}/x.html"),
            *(
                f"{CODE}/{Q2.name}/notes.txt",
                f"{CODE}/{Q2.name}/.made.json",
                f"{CODE}/{Q2.name}/a/b.html",
            ),
            *(f"../{CODE}/{Q2.name}/{PAGE}", f"{CODE}/../{OTHER}x/{Q2.name}/"),
        ):
            assert site.ask(f"/reports/{path}", **mine).status == 404, path
        assert "这一期的评价" in site.ask(f"/reports/{CODE}/{AT[2].name}/", **mine).text
        assert OTHER not in site.ask("/reports/", **mine).text or not on_list
        assert site.ask(f"/reports/{CODE}/{Q2.name}/").status == 403
    assert not office.out.exists()


@pytest.mark.parametrize("sees", [CODE, "*"])
def test_the_index_over_all_that_is_not_there_or_not_to_be_seen_is_the_list(
    office: Office, sees: str
) -> None:
    access = Access("127.0.0.1", behind_proxy=True, rules=ServingRules(departments_header=HEADER))
    index = f"/reports/{OF_YEAR}"
    with office.serving(access) as site:
        page = site.ask(f"/reports/{CODE}/2024/{OF_YEAR}", **{HEADER: sees})
        assert f'href="../../{OF_YEAR}"' in page.text  # who clicks on it arrives
        assert site.ask(index).status == 403
        told = site.ask(index, **{HEADER: sees})
        assert (told.status, told.headers["Location"]) == (307, "./")
        assert not (office.out / OF_YEAR).exists()
        office.run()
        told = site.ask(index, **{HEADER: sees})
        assert told.status == (200 if sees == "*" else 307)
        assert OTHER not in told.text or sees == "*"


def test_a_form_of_the_year_s_end_is_not_drawn(office: Office) -> None:
    office.run()
    with office.serving(how=lambda *_: pytest.fail("drawn")) as site:
        told = site.ask(f"/reports/{CODE}/2024/部门整体支出绩效自评表.xlsx")
        assert told.status == 404


def test_a_name_that_is_none_of_the_written_draws_nothing_again(office: Office) -> None:
    office.run()
    with office.serving(how=lambda *_: pytest.fail("drawn")) as site:
        for name in ("1.html", "2.xlsx", "3.docx"):
            assert site.ask(f"/reports/{CODE}/{Q2.name}/{name}").status == 404


def test_two_askers_have_one_drawing_and_who_waits_too_long_is_told(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    go_on = Event()

    def slow(period: str, number: int) -> None:
        drawn.append(period)
        assert go_on.wait(20)
        draw(office.settings, period, number)

    brief = Access("127.0.0.1", behind_proxy=False, rules=ServingRules(seconds=2))
    path = f"/reports/{CODE}/{Q2.name}/{PAGE}"
    monkeypatch.setattr(drawing, "MOST", 2)
    with office.serving(brief, slow) as site, ThreadPoolExecutor(3) as people:
        told = list(people.map(site.ask, [path, path, f"/reports/{OTHER}/{Q2.name}/{WORD}"]))
        assert [(each.status, each.text) for each in told] == [(503, drawing.LATER)] * 3
        assert told[0].headers["Refresh"] == "5"
        assert site.ask(f"/reports/{OTHER}/2024/").text == drawing.LATER
        assert site.ask("/reports/").status == 200  # the others are answered meanwhile
        go_on.set()
        while site.ask(path).status != 200:
            time.sleep(0.05)
    assert drawn == [Q2.name, Q2.name]  # of each department once


def test_while_a_run_writes_the_same_who_asks_is_told_to_come_again(office: Office) -> None:
    office.out.mkdir(parents=True)
    with office.serving() as site:
        with alone_in(office.out, f"quarter {Q2.name}"):
            told = site.ask(f"/reports/{CODE}/{Q2.name}/{PAGE}")
            assert (told.status, told.text) == (503, drawing.LATER)
            assert site.ask(f"/reports/{CODE}/{Q1.name}/").status == 200
        assert site.ask(f"/reports/{CODE}/{Q2.name}/{PAGE}").status == 200


def test_who_cannot_write_says_why_and_shows_what_is_there(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_quarter(office.engine, Q2, office.out)
    there, missing = f"/reports/{CODE}/{Q2.name}/{PAGE}", f"/reports/{CODE}/{Q1.name}/"

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), f"{office.out}/x")

    (office.out / CODE / Q2.name / WORD).unlink()
    with office.serving() as site:
        with monkeypatch.context() as patched:
            patched.setattr("perf_pipeline.reports.files.os.replace", full)
            told = site.ask(f"/reports/{CODE}/{Q2.name}/{WORD}")
            assert (told.status, "磁盘已满" in told.text) == (503, True)
            assert f"{office.out}" not in told.text
            assert PAGE in site.ask(f"/reports/{CODE}/{Q2.name}/").text
        with monkeypatch.context() as patched:
            patched.setattr(drawing, "connect", connect_read_only)
            told = site.ask(missing)
            assert (told.status, "只读" in told.text) == (503, True)
        assert site.ask(there).status == 200


def test_a_fault_that_nobody_thought_of_is_told_in_words_and_logged_with_where_it_was(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    def faulty(*_: object) -> None:
        raise KeyError("deep inside")

    with office.serving(how=faulty) as site:
        told = site.ask(f"/reports/{CODE}/{Q2.name}/{PAGE}")
    assert (told.status, drawing.LOGGED in told.text) == (503, True)
    assert "in faulty" in caplog.text


def test_a_link_in_place_of_a_judged_department_is_not_followed(office: Office) -> None:
    away = office.out.parent / "away"
    (away / "2019").mkdir(parents=True)
    (away / "secret.html").touch()
    office.out.mkdir()
    (office.out / CODE).symlink_to(away)
    with office.serving() as site:
        assert site.ask(f"/reports/{CODE}/").status == 404
        listed = site.ask("/reports/").text
    assert f'href="{OTHER}/"' in listed
    assert f'href="{CODE}/"' not in listed
    assert "2019" not in listed


def test_a_list_asks_of_nobody_but_those_whom_a_request_may_see(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Collection[str] | None] = []
    judged = drawing.Drawing.judged

    def noted(self: drawing.Drawing, codes: Collection[str] | None) -> drawing.Judged:
        asked.append(codes)
        return judged(self, codes)

    monkeypatch.setattr(drawing.Drawing, "judged", noted)
    monkeypatch.setattr("perf_pipeline.serving.folders._standing", lambda at, _: at.name)
    access = Access("127.0.0.1", behind_proxy=True, rules=ServingRules(departments_header=HEADER))
    with office.serving(access) as site:
        mine = site.ask("/reports/", X_Perf_Departments=CODE).text
        every = site.ask("/reports/", X_Perf_Departments="*").text
    assert asked == [{CODE}, None]
    assert (f'href="{CODE}/2024/"' in mine, OTHER in mine) == (True, False)
    assert f'href="{OTHER}/2024/"' in every


def test_what_is_drawn_is_noted_as_of_the_code_that_the_server_began_with(office: Office) -> None:
    code_digest.cache_clear()
    with office.serving():
        assert code_digest.cache_info().currsize == 1


def test_a_server_that_stops_draws_no_more_for_those_who_wait(office: Office) -> None:
    drawn: list[str] = []
    begun, go_on = Event(), Event()

    def slow(period: str, _number: int) -> None:
        drawn.append(period)
        begun.set()
        assert go_on.wait(20)

    brief = Access("127.0.0.1", behind_proxy=False, rules=ServingRules(seconds=1))
    with office.serving(brief, slow) as site:
        for period in ("2024", Q1.name, Q2.name):
            assert site.ask(f"/reports/{CODE}/{period}/").text == drawing.LATER
        assert begun.is_set()
        Timer(0.3, go_on.set).start()
    assert go_on.wait(5)
    time.sleep(0.3)  # in which another would begin
    assert drawn == ["2024"]


def test_without_a_warehouse_what_is_there_is_shown(office: Office, tmp_path: Path) -> None:
    office.run()
    with office.serving(url=f"sqlite:///{tmp_path}/none.db") as site:
        assert site.ask(f"/reports/{CODE}/{Q2.name}/{PAGE}").status == 200
        assert site.ask("/reports/").status == 200
        (office.out / CODE / Q2.name / WORD).unlink()
        told = site.ask(f"/reports/{CODE}/{Q2.name}/{WORD}")
        assert (told.status, told.text) == (503, drawing.AWAY)


def test_what_could_not_be_drawn_is_tried_again_later_and_not_for_each_who_asks(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []

    def failing(period: str, number: int) -> None:
        tried.append(period)
        if len(tried) == 1:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "x")
        draw(office.settings, period, number)

    path = f"/reports/{CODE}/{Q2.name}/"
    monkeypatch.setattr(drawing, "HELD", 1.0)
    with office.serving(how=failing) as site, ThreadPoolExecutor(4) as people:
        told = [*people.map(site.ask, [path] * 20)]
        assert {each.status for each in told} == {503}
        assert len({each.text for each in told}) == 1
        assert tried == [Q2.name]
        time.sleep(1.1)
        assert site.ask(path).status == 200
    assert tried == [Q2.name] * 2
