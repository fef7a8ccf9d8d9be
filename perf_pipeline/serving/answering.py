"""The one form that is filled in here (整改答复): what a department says of an item.

Only behind a proxy that says who asks and for which departments. A form bears a mark that only this
server can make, of the person, the item and the hour: another site can send none. What is said goes
the way of all answers, as a row of 整改台账, and stands in the log of acts with the person's name.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from secrets import token_bytes
from threading import Lock
from urllib.parse import parse_qs

from anyio import to_thread
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Scope

from perf_pipeline.domain.errors import AnswerError, NoSuchItemError
from perf_pipeline.items.answering import Said
from perf_pipeline.items.answers import LEDGER
from perf_pipeline.items.standings import Item
from perf_pipeline.items.state import ASKS
from perf_pipeline.language.spoken import say
from perf_pipeline.registers.declaration import register
from perf_pipeline.serving.access import Access
from perf_pipeline.serving.folders import page_of

PLACE = "/items/"
LARGEST = 64 * 1024  # bytes of an answer
HOUR = 3600
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)


@dataclass(frozen=True)
class Answering:
    """What answering needs: the items as they stand, and how an answer is handed in, by whom.

    `live` gives those of departments by code (None: all) that are not over, `one` that of a number;
    it raises NoSuchItemError where there is none.
    """

    live: Callable[[Collection[str] | None], Sequence[Item]]
    one: Callable[[int], Item]
    hand_in: Callable[[Item, Said, str], object]


def largest_body(scope: Scope) -> int:
    """Return how many bytes a request may bring: an answer's, where one is sent."""
    return LARGEST if scope["method"] == "POST" and scope["path"].startswith(PLACE) else 0


class AnswerPages:
    """The list of items that ask for an answer, and the form of each."""

    def __init__(self, access: Access, answering: Answering) -> None:
        """Serve the items of the departments that a request may see."""
        self._access, self._answering = access, answering
        self._secret = token_bytes(32)  # forms that are open when the server ends are void
        self._one_at_a_time = Lock()  # an answer is merged over the one that stands
        declared = register(LEDGER)
        self._columns = [each for each in declared.columns if each.name not in declared.prefilled]
        self.routes = [
            Route(PLACE, self._list, methods=["GET"]),
            Route(f"{PLACE}{{number:int}}", self._one, methods=["GET", "POST"]),
        ]

    async def _list(self, request: Request) -> Response:
        self._access.person(request)
        departments = self._access.seen_by(request).departments
        live = await to_thread.run_sync(self._answering.live, departments)
        asked = [each for each in live if each.standing.state in ASKS]
        return _html("items.html.j2", items=asked)

    async def _one(self, request: Request) -> Response:
        person, number = self._access.person(request), request.path_params["number"]
        item = await self._item(request, number)
        if request.method != "POST":
            return self._form(item, person)
        sent = parse_qs((await request.body()).decode("utf-8", "replace"), max_num_fields=50)
        given = {name: values[-1].strip() for name, values in sent.items()}
        if not self._is_own(given.pop("mark", ""), person, number):
            words = "这张表已经过期，没有收下：请返回并复制所写的内容，刷新页面后再提交"
            return PlainTextResponse(say(words), 403)
        try:
            said = self._said(given)
            await to_thread.run_sync(self._take, number, said, person)
        except AnswerError as error:
            return self._form(item, person, given, str(error))
        except SQLAlchemyError:  # its row waits in the inbox, as one that a person laid there
            words = "数据仓库正忙：答复已放进收件文件夹，下次运行时收下，不必再提交"
            return PlainTextResponse(say(words), 503)
        return RedirectResponse(str(number), status_code=303)

    def _take(self, number: int, said: Said, person: str) -> None:
        """Hand in an answer over the one that stands by now."""
        with self._one_at_a_time:
            self._answering.hand_in(self._answering.one(number), said, person)

    async def _item(self, request: Request, number: int) -> Item:
        """Return an item; HTTPException 404 where the request may not see its department."""
        seen = self._access.seen_by(request)
        try:
            found = await to_thread.run_sync(self._answering.one, number)
        except NoSuchItemError:
            raise HTTPException(404) from None
        if not seen.covers([found.department_code]):
            raise HTTPException(404)
        return found

    def _said(self, given: Mapping[str, str]) -> Said:
        texts = {each.name: given.get(each.name) or None for each in self._columns}
        by = texts.pop("promise_by")
        try:
            day = date.fromisoformat(by) if by else None
        except ValueError:
            raise AnswerError(f"承诺日期“{by}”不是日期，请写成 2024-06-30") from None
        return Said(**texts, promise_by=day)

    def _form(
        self, item: Item, person: str, given: Mapping[str, str] | None = None, fault: str = ""
    ) -> Response:
        return _html(
            "answer.html.j2",
            status=422 if fault else 200,
            item=item,
            problem=item.problem,
            state=item.standing.state.label,
            columns=self._columns,
            given={each.name: (given or {}).get(each.name, "") for each in self._columns},
            fault=fault,
            person=person,
            mark=self._mark(person, item.id, int(time.time()) // HOUR),
        )

    def _mark(self, person: str, number: int, hour: int) -> str:
        words = f"{hour}\n{number}\n{person}".encode()
        return hmac.new(self._secret, words, "sha256").hexdigest()

    def _is_own(self, mark: str, person: str, number: int) -> bool:
        now = int(time.time()) // HOUR
        own = (self._mark(person, number, hour).encode() for hour in (now, now - 1))
        return any([hmac.compare_digest(mark.encode(), each) for each in own])


def _html(template: str, *, status: int = 200, **values: object) -> Response:
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store"}
    return HTMLResponse(page_of(template, **values), status_code=status, headers=headers)
