"""What the note beside written pages tells of them, without looking whether they are as written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from perf_pipeline.reports.kept import NOTES


def told_with(folder: Path, name: str) -> Mapping[str, Any]:
    """Return what was noted with a set of files; nothing where there is no such note."""
    try:
        noted = json.loads((folder / NOTES).read_text("utf-8"))[name]["told"]
    except (OSError, ValueError, LookupError, TypeError):
        return {}
    return noted if isinstance(noted, dict) else {}
