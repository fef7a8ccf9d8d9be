"""Whether anything came since a department's reports were written, without reading them again.

How far all had come when the reports of a checkpoint were last written into a folder is noted
there. Where the warehouse is not the same and further on (another, or an earlier state of it), or
another code, language or form is at work, or people's data were erased, every department is
looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from time import time_ns

from sqlalchemy import Connection, Engine, Row, Select, exists, func, select

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.grouped import grouped
from perf_pipeline.foreign.times import CALM
from perf_pipeline.language.spoken import language
from perf_pipeline.reports.files import ReportFolder, alone_in
from perf_pipeline.reports.kept import Made, digest_of, how_it_lies, intact, note, noted
from perf_pipeline.warehouse.changed import TOLD, Kind, changed_since, marks
from perf_pipeline.warehouse.code_digest import code_digest
from perf_pipeline.warehouse.engine import one_moment
from perf_pipeline.warehouse.known import Departments
from perf_pipeline.warehouse.schema import act, snapshot
from perf_pipeline.warehouse.schema import checkpoint as checkpoint_table
from perf_pipeline.warehouse.seals.deed import What

WRITTEN = "written"
LAY = "lay"
LISTED = "listed"


@dataclass(frozen=True)
class Looked:
    """A look at reports of one kind and checkpoint in a folder: of whom something came since.

    `made` is what will be noted of them all; `changed` are departments by row number, None: all.
    `written` tells by row number what the notes of departments' own files said when last written,
    `lay` how these lay when they were found to be whole, and had been left alone for a while,
    `listed` what a list of them all tells of each, as a digest. `last` is the note of all that.
    `judged` are all of whom reports tell, by row number and code; `only` those are asked for.
    """

    root: Path
    kind: Kind
    name: str
    judged: Sequence[Row[int, str]]
    only: Departments
    made: Made
    changed: frozenset[int] | None
    written: Mapping[str, str]
    lay: dict[str, list[int]]
    listed: Mapping[str, str]
    last: Made | None

    @property
    def seen(self) -> str:
        """Of which state of all the files written now tell; their notes say it by `seen_of`."""
        return digest_of(f"{self.made.seen} {self.made.content}".encode())

    def parted(self, below: str, page: str) -> tuple[list[int], dict[str, Made | None]]:
        """Part departments: whose files are to be written, and the notes of files that stand.

        Their files lie in a folder `below` each department's own, and are whole where they lie as
        when they were found so: then the note is not read (None). Files of another state do not
        stand: a folder put back from a backup, a run that was cut short.
        """
        waiting: list[int] = []
        standing: dict[str, Made | None] = {}
        root, changed, calm_since = str(self.root), self.changed, time_ns() - CALM
        for number, code in self.judged:
            if self.only is not None and number not in self.only:
                continue
            if changed is None or number in changed:
                waiting.append(number)
                continue
            of, folder, made = f"{number}", f"{root}/{code}/{below}", None
            lies = how_it_lies(folder, page)
            if lies is None or lies != self.lay.get(of):
                self.lay.pop(of, None)
                made = intact(Path(folder), self.kind.name)
                if made is None or made.seen != seen_of(self.written.get(of, ""), code):
                    waiting.append(number)
                    continue
                if lies is not None and max(lies[:3]) < calm_since:
                    self.lay[of] = lies
            standing[code] = made
        return waiting, standing

    def keep(self, drawn: Iterable[int], listed: Mapping[str, str]) -> None:
        """Note what there was by then, and that some departments' files were written just now.

        Of a department of which something came since, and that was not written, nothing is noted.
        What is noted already is left as it lies.
        """
        new, changed = set(map(str, drawn)), set(map(str, self.changed or ()))
        written = {of: seen for of, seen in self.written.items() if of not in changed}
        written |= dict.fromkeys(new, self.seen)
        lay = {of: lies for of, lies in self.lay.items() if of not in new and of in written}
        alike = grouped(written, written.__getitem__)  # few runs wrote what many departments have
        told = {**self.made.told, WRITTEN: alike, LAY: lay, LISTED: listed}
        made = replace(self.made, told=told)
        if made != self.last:
            note(self.root, self.name, made, _notes(self.name))


def seen_of(seen: str, code: str) -> str:
    """Return what a department's own note says: in another's folder it speaks of nothing."""
    return digest_of(f"{seen} {code}".encode())


@contextmanager
def look(
    engine: Engine,
    out_dir: Path,
    kind: Kind,
    checkpoint: Checkpoint,
    judged: Select[int, str],
    *,
    look_first: bool,
    as_told_by: str = "",
    only: Departments = None,
) -> Iterator[Looked | None]:
    """Look of whom something came since reports were written; nobody else writes them meanwhile.

    `judged` selects the departments that reports tell of: without any there is nothing to look at.
    `as_told_by` says by what form they are told. Without `look_first` all are written. Who wants
    `only` some departments' waits for nobody, and gets a BlockingIOError where others write.
    """
    with engine.connect() as connection:
        if connection.execute(judged.limit(1)).first() is None:
            yield None
            return
    root, name = ReportFolder(out_dir).path, f"{kind.name} {checkpoint.name}"
    with alone_in(root, name, waits=only is None):
        last = noted(root, name, _notes(name)) if look_first else None
        with one_moment(engine) as connection:
            said = repr((checkpoint, code_digest(), language(), as_told_by))
            seen = f"{said} {_judged_so_far(connection, checkpoint)} {_erased(connection)}"
            newest = connection.execute(select(act).order_by(act.c.id.desc()).limit(1)).one()
            told = marks(connection, TOLD) | {"act": newest.id}
            departments = connection.execute(judged).all()
            made = Made(digest_of(seen.encode()), newest.digest, {}, told)
            changed, written, lay, listed = None, {}, {}, {}
            if last is not None and last.seen == made.seen and _is_of(connection, last):
                changed = changed_since(connection, kind, checkpoint, last.told)
                alike, lay, listed = ({**last.told[of]} for of in (WRITTEN, LAY, LISTED))
                written = {of: seen for seen, some in alike.items() for of in some}
        known = written, lay, listed, last
        yield Looked(root, kind, name, departments, only, made, changed, *known)


def _notes(name: str) -> str:
    """Return where it is noted what was looked at under a name: it grows with all departments."""
    return f".{name}.json"


def _is_of(connection: Connection, made: Made) -> bool:
    """Tell whether a note is of this warehouse, at a moment that it still knows of."""
    kept = select(act.c.digest).where(act.c.id == made.told["act"])
    return connection.scalar(kept) == made.content


def _erased(connection: Connection) -> int | None:
    """Return the newest act that erased people's data: it marks no department, pages name them."""
    erased = select(func.max(act.c.id)).where(act.c.what == What.ERASED)
    newest: int | None = connection.scalar(erased)
    return newest


def _judged_so_far(connection: Connection, checkpoint: Checkpoint) -> str:
    """Write the year's checkpoints so far, and whether several departments were judged at them."""
    at = checkpoint_table.c
    of_year = at.fiscal_year == checkpoint.fiscal_year, at.ordinal <= checkpoint.ordinal
    judged = exists().where(snapshot.c.checkpoint_id == at.id)
    labels = select(at.name, at.label).where(*of_year, judged).order_by(at.ordinal)
    of = select(snapshot.c.department_id).distinct()
    two = of.join(checkpoint_table, at.id == snapshot.c.checkpoint_id).where(*of_year).limit(2)
    found = connection.execute(labels).all(), len(connection.execute(two).all())
    return repr(found)
