"""Where the program's own files lie (程序文件): what stands beside `workspace.yaml`.

The Dagster code location, the expectation suites and the sample year are no part of the library.
In a checkout they lie beside it; a wheel carries them inside it, as `setup.py` says.
"""

from __future__ import annotations

from pathlib import Path

from perf_pipeline.domain.errors import ConfigurationError

WORKSPACE = "workspace.yaml"
_OURS = (WORKSPACE, "assets/definitions.py", "expectations")  # any Dagster project has the first
_LIBRARY = Path(__file__).parent


def is_program(folder: Path) -> bool:
    """Tell whether the program's own files lie in a folder."""
    return all((folder / each).exists() for each in _OURS)


def program_folder() -> Path:
    """Return the folder with `workspace.yaml`: this one, the checkout's, or the wheel's own.

    Raises ConfigurationError where the program was installed without its files.
    """
    for folder in (Path(), _LIBRARY.parent, _LIBRARY / "shipped"):
        if is_program(folder):
            return folder
    raise ConfigurationError(
        f"找不到程序文件 {WORKSPACE}：当前文件夹 {Path.cwd()} 里没有，安装的程序里也没有；"
        "请在含有它的文件夹里运行，或重新安装"
    )


def shipped_data() -> Path:
    """Return the folder of the sample year and the indicator library (指标库)."""
    return program_folder() / "data"
