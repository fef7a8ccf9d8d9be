"""The folder of reports over HTTP: files of known kinds and lists of folders, nothing else.

Starlette's StaticFiles serves; what is added only takes away: hidden files, links, other kinds of
files, and departments that a request may not see are not found.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import quote

from anyio import to_thread
from jinja2 import Environment, PackageLoader, StrictUndefined
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from perf_pipeline.domain.status import LIGHT_LABELS, STATUS_LABELS
from perf_pipeline.language.spoken import CHINESE, language, say
from perf_pipeline.reports.files import year_page
from perf_pipeline.reports.kept import told_with
from perf_pipeline.serving.access import Access, Seen
from perf_pipeline.serving.drawing import Drawing, Judged

OFFICE = "application/vnd.openxmlformats-officedocument"
KINDS = {  # the only files that are shown, by suffix: what they are, and their media type
    ".html": ("网页", "text/html; charset=utf-8"),
    ".xlsx": ("Excel 表格", f"{OFFICE}.spreadsheetml.sheet"),
    ".docx": ("Word 文档", f"{OFFICE}.wordprocessingml.document"),
    ".pdf": ("PDF 文档", "application/pdf"),
    ".zip": ("压缩包", "application/zip"),
}
REPORT_POLICY = (  # a report page narrows what its one script is by a policy of its own
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
    "img-src 'self' data:; font-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
FOLDER_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
YEAR_PAGE = re.compile(year_page(2024).replace("2024", "[0-9]{4}"))


@dataclass(frozen=True)
class Entry:
    """A folder or file on a list, with what is in it, or what kind of file it is."""

    name: str
    label: str
    kind: str
    inside: tuple[Entry, ...] = ()
    standing: str = ""  # of a department: its lights at the newest checkpoint

    @property
    def link(self) -> str:
        """Where it is, seen from the folder that it stands in."""
        return quote(self.name) + ("" if self.kind else "/")


class ReportFiles(StaticFiles):
    """Reports below a folder, each request shown what it may see."""

    def __init__(
        self,
        folder: Path,
        access: Access,
        names: Callable[[], Mapping[str, str]],
        recomputed: Callable[[], str | None],
        drawing: Drawing | None,
    ) -> None:
        """Serve a folder; `names` gives departments' names by their codes.

        `recomputed` says what came of the last recomputation, for those who see everything.
        What is not there is drawn by `drawing`, where something draws.
        """
        super().__init__(directory=folder, check_dir=False)
        self._root = Path(os.path.realpath(folder))
        self._access = access
        self._names = names
        self._recomputed = recomputed
        self._drawing = drawing

    async def check_config(self) -> None:
        """Accept a folder that is not there yet: reports come with the first run."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer for a file or a folder; what may not be seen is not found."""
        if scope["method"] not in ("GET", "HEAD"):
            raise HTTPException(405, headers={"Allow": "GET, HEAD"})
        parts = [] if path == "." else path.split(os.sep)
        seen = self._access.seen_by(HTTPConnection(scope))
        if YEAR_PAGE.fullmatch(path) and not (
            seen.everything and await to_thread.run_sync(self._is_file, path)
        ):
            return RedirectResponse("./")  # to the list: every department's page leads to the index
        if not seen.covers(parts) or not all(map(_is_shown, parts)):
            raise HTTPException(404)
        known = len(parts) == 2 or Path(path).suffix in KINDS
        missing = await self._drawing.refusal(parts) if self._drawing and known else None
        folder = await to_thread.run_sync(self._is_folder, parts)
        if not folder:
            if missing is not None:
                return missing
            if Path(path).suffix not in KINDS:
                raise HTTPException(404)
            return await super().get_response(path, scope)
        if not scope["path"].endswith("/"):
            return RedirectResponse(quote(scope["path"].rsplit("/", 1)[-1]) + "/")
        page = await to_thread.run_sync(self._list, parts, seen)
        return HTMLResponse(page, headers={"Content-Security-Policy": FOLDER_POLICY})

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        """Find a file; a link, a name too long or with a null byte is not found."""
        try:
            found, state = super().lookup_path(path)
        except (OSError, ValueError):
            return "", None
        return (found, state) if found == str(self._root / path) else ("", None)

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """Send a file as the kind that it is, whatever this machine's tables of types know."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        if response.status_code == status_code:
            response.headers["Content-Type"] = KINDS[Path(full_path).suffix][1]
        return response

    def _is_file(self, path: str) -> bool:
        return self.lookup_path(path)[1] is not None

    def _is_folder(self, parts: list[str]) -> bool:
        place = self._root.joinpath(*parts)
        try:
            if not parts or os.path.lexists(place):
                return not parts or (place.is_dir() and os.path.realpath(place) == str(place))
        except (OSError, ValueError):
            return False
        return len(parts) == 1 and parts[0] in self._judged(parts)

    def _judged(self, codes: Collection[str] | None) -> Judged:
        """Return what could be drawn of some departments, or of all; nothing where nobody draws."""
        try:
            return self._drawing.judged(codes) if self._drawing else {}
        except SQLAlchemyError:
            return {}

    def _list(self, parts: list[str], seen: Seen) -> str:
        names, folder = self._names(), self._root.joinpath(*parts)
        judged = self._judged(parts or seen.departments) if len(parts) < 2 else {}
        found = _entries(folder, judged.get(parts[0], ()) if parts else judged)
        shown = [each for each in found if seen.covers([*parts, each.name])]
        if not parts:
            shown = [
                each if each.kind else _department(folder / each.name, names, judged)
                for each in shown
            ]
        return page_of(
            "folder.html.j2",
            places=[names.get(each, each) if n == 0 else each for n, each in enumerate(parts)],
            entries=shown,
            statement=self._access.statement,
            answers=self._access.takes_answers,
            recomputed=self._recomputed() if seen.everything and not parts else None,
            departments=None if seen.departments is None else sorted(seen.departments),
        )


def _is_shown(name: str) -> bool:
    """Tell a name that is shown from a hidden one, and from what an open workbook leaves."""
    return not name.startswith((".", "~"))


def _entries(folder: Path, coming: Iterable[str]) -> list[Entry]:
    """List what is in a folder, and the folders that could be drawn there; folders come first."""
    try:
        found = {each.name: each for each in os.scandir(folder) if _is_shown(each.name)}
    except OSError:
        found = {}
    entries = [Entry(name, name, "") for name in coming if name not in found]
    for name, each in found.items():
        if each.is_dir(follow_symlinks=False):
            entries.append(Entry(name, name, ""))
        elif each.is_file(follow_symlinks=False) and (kind := KINDS.get(Path(name).suffix)):
            entries.append(Entry(name, name, kind[0]))
    return sorted(entries, key=lambda entry: (bool(entry.kind), entry.name))


def _department(folder: Path, names: Mapping[str, str], judged: Judged) -> Entry:
    """Return a department's folder with the folders inside, and how the department stands."""
    code = folder.name
    inside = tuple(each for each in _entries(folder, judged.get(code, ())) if not each.kind)
    return Entry(code, names.get(code) or code, "", inside, _standing(folder, inside))


_LABELS: dict[str, dict[str, str]] = {
    "lights": {str(light): f"支出{label}" for light, label in LIGHT_LABELS.items()},
    "statuses": {str(status): f"指标{label}" for status, label in STATUS_LABELS.items()},
}


def _standing(department: Path, folders: tuple[Entry, ...]) -> str:
    """Say how a department stands by its newest year's page: 2024-12：支出预警1，指标未达标11."""
    years = [each.name for each in folders if each.name.isdecimal()]
    told = told_with(department / years[-1], "site") if years else {}
    counts = [
        f"{label}{told[of][word]}"
        for of, labels in _LABELS.items()
        for word, label in labels.items()
        if told.get(of, {}).get(word)
    ]
    return f"{told['checkpoint']}：{'，'.join(counts)}" if counts else ""


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("perf_pipeline.serving"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["say"] = say
    return environment


def page_of(template: str, **values: object) -> str:
    """Render one of the server's own pages."""
    lang = "zh-CN" if language() == CHINESE else language()
    return _environment().get_template(template).render(lang=lang, **values)
