"""A bundle of evidence (证据包): what a stranger needs to check the results without our software.

One zip: the hashes of the files handed in, the rules, the code's version, the log of acts with all
seals, and every row of results; one that names people, or did, as the hash that was sealed. What
people handed in is not in it, only its hashes: registers name people. How to check it stands in
docs/trust.md, some twenty lines of Python's standard library.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from sqlalchemy import Connection, Engine, select

from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.domain.personal import KnownPeople, without_people
from perf_pipeline.warehouse.code_digest import code_digest
from perf_pipeline.warehouse.engine import one_moment
from perf_pipeline.warehouse.known import newest_files
from perf_pipeline.warehouse.known_people import people_known
from perf_pipeline.warehouse.schema import seal, snapshot, source_file
from perf_pipeline.warehouse.seals.chain import SAID, acts_of
from perf_pipeline.warehouse.seals.declared import SealedTable, sealed_tables
from perf_pipeline.warehouse.seals.erasing import Erased, erased_rows
from perf_pipeline.warehouse.seals.hashing import Row, row_digest
from perf_pipeline.warehouse.seals.record import SEALED_OF_A_SEAL
from perf_pipeline.warehouse.seals.stored import StoredRows

SUMS = "SHA256SUMS"


def write_bundle(engine: Engine, path: Path, rules: Mapping[str, object]) -> str:
    """Write the bundle into a new file; return the newest act's digest, to be noted elsewhere.

    Raises ConfigurationError where the file is there already or nothing was ever sealed.
    """
    if path.exists():
        raise ConfigurationError(f"{path} 已经存在；证据包不覆盖任何文件，请换一个名字")
    with one_moment(engine) as connection:
        acts = list(_acts(connection))
        if not acts:
            raise ConfigurationError("操作记录是空的，没有什么可以证明")
        told = {"software": version("perf-pipeline"), "code": code_digest()}
        parts = {
            "inputs.sha256": _inputs(connection),
            "rules.json": json.dumps(rules, ensure_ascii=False, indent=2, sort_keys=True),
            "code.json": json.dumps(told, indent=2),
            "acts.jsonl": "".join(f"{json.dumps(each)}\n" for each in acts),
            "results.jsonl": "".join(f"{json.dumps(each)}\n" for each in _results(connection)),
        }
    sums = ""
    with ZipFile(path, "x", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
            sums += f"{hashlib.sha256(content.encode()).hexdigest()}  {name}\n"
        archive.writestr(SUMS, sums)
    return str(acts[-1]["digest"])


def _inputs(connection: Connection) -> str:
    """List the files in force as `sha256sum -c` reads them, by their paths in the inbox."""
    query = (
        select(source_file.c.sha256, source_file.c.path)
        .where(source_file.c.id.in_(newest_files()), source_file.c.outcome == "loaded")
        .order_by(source_file.c.path)
    )
    return "".join(f"{row.sha256}  {row.path}\n" for row in connection.execute(query))


def _acts(connection: Connection) -> Iterator[dict[str, object]]:
    sealed: dict[int, list[list[object]]] = {}
    for row in connection.execute(select(seal).order_by(seal.c.act_id, seal.c.id)):
        sealed.setdefault(row.act_id, []).append([row._mapping[name] for name in SEALED_OF_A_SEAL])
    for row in acts_of(connection):
        said = [row._mapping[name] for name in SAID]
        yield {"act": said, "seals": sealed.get(row.id, []), "digest": row.digest}


def _results(connection: Connection) -> Iterator[dict[str, object]]:
    """Yield the rows of each seal of the results, as they were hashed."""
    whose = {row.id: row.department_id for row in connection.execute(select(snapshot))}
    people = people_known(connection, {*whose.values()})
    for each in sealed_tables():
        if _is_result(each):
            rows = StoredRows(connection, each)
            erased = erased_rows(connection, each.table.name)
            for sealed, found in rows.by_seal():
                if sealed is not None:
                    pick = rows.picked(sealed.columns)
                    told = {"table": each.table.name, "first_id": sealed.first_id}
                    said = ((pick(row), erased.get(row[rows.number])) for row in found)
                    known = people[whose.get(sealed.about_id, 0)]
                    yield told | {"rows": [_told(*each, known) for each in said]}


def _told(row: Row, erased: Erased | None, known: KnownPeople) -> list[object] | str:
    """Return a row as it was hashed; of one that names people, or did, the hash that was sealed."""
    if erased is not None and erased.left == row_digest(row):
        return erased.digest.hex()
    if any(isinstance(cell, str) and known.without(without_people(cell)) != cell for cell in row):
        return row_digest(row).hex()
    return list(row)


def _is_result(each: SealedTable) -> bool:
    """Tell a table of judged rows, their versions and locks: none of it was handed in."""
    return each.about == "snapshot_id" or each.table.name == "snapshot"
