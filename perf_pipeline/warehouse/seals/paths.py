"""Under which path each file came: a renaming changes the stored path, and is a row itself."""

from __future__ import annotations

from sqlalchemy import Connection, select

from perf_pipeline.warehouse.left import Left
from perf_pipeline.warehouse.schema import departure, source_file


def first_paths(connection: Connection, *, after: int = 0) -> dict[int, str]:
    """Return the path of each version of a file as it was when it came.

    Renamings are taken back, the newest first: what a renaming found under the old name. With
    `after`, a row of `departure`, those alone that came after it.
    """
    paths = {
        row.id: row.path for row in connection.execute(select(source_file.c.id, source_file.c.path))
    }
    renamed = departure.c.state == Left.RENAMED
    renamings = select(departure).where(renamed, departure.c.id > after)
    for row in connection.execute(renamings.order_by(departure.c.id.desc())):
        became = paths.get(row.source_file_id)
        for file, path in paths.items():
            if path == became and file <= row.source_file_id:
                paths[file] = row.reason or path
    return paths
