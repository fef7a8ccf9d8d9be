"""Zips of forms: one for each department, one for all; the same forms give the same bytes."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.reports.files import replacing, safe_name

ALWAYS = (2020, 1, 1, 0, 0, 0)  # the time of every entry: a zip holds nothing but its files
READABLE = 0o644 << 16


def write_archives(out_dir: Path, name: str, forms: Mapping[str, Sequence[Path]]) -> list[Path]:
    """Zip the forms of each department, by its code, and those of all; return the zips.

    They go to `out_dir/<name>-<department>.zip` and `out_dir/<name>-全部部门.zip`, where each
    department has a folder. Forms go in as they are on disk, filled in or not. Raises
    ConfigurationError for a form outside its department's folder.
    """
    root = out_dir.resolve()
    whole: dict[str, Path] = {}
    zips = []
    for department, paths in forms.items():
        for path in paths:
            if not path.resolve().is_relative_to(root / safe_name(department)):
                raise ConfigurationError(f"表格 {path} 不在部门 {department} 的文件夹内")
        own = {path.name: path for path in paths}
        whole |= {f"{safe_name(department)}/{file}": path for file, path in own.items()}
        zips.append(_write(root / f"{safe_name(name)}-{safe_name(department)}.zip", own))
    return [*zips, _write(root / f"{safe_name(name)}-全部部门.zip", whole)]


def _write(target: Path, files: Mapping[str, Path]) -> Path:
    # forms are zips already: packing them again would only take time
    with replacing(target) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, ALWAYS)
            entry.external_attr = READABLE
            archive.writestr(entry, files[name].read_bytes())
    return target
