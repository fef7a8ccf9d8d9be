"""The house: imports run one way, and Dagster stays outside the library."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FLOORS = (
    "domain",
    "foreign",
    "documents",
    "registers",
    "warehouse",
    "measures",
    "quality",
    "monitoring",
    "reports",
    "alerts",
)


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def floor(module: str) -> int | None:
    parts = module.split(".")
    known = parts[0] == "perf_pipeline" and len(parts) > 1 and parts[1] in FLOORS
    return FLOORS.index(parts[1]) if known else None


def test_no_floor_of_the_library_reaches_up() -> None:
    upward = []
    for path in (ROOT / "perf_pipeline").rglob("*.py"):
        here = floor(".".join(path.relative_to(ROOT).with_suffix("").parts))
        for module in imports(path) if here is not None else ():
            there = floor(module)
            outside = module.startswith("perf_pipeline.") and there is None
            if outside or (there is not None and here is not None and there > here):
                upward.append(f"{path.relative_to(ROOT)} imports {module}")
    assert upward == []


def test_the_library_does_not_know_dagster_nor_the_code_location() -> None:
    knowing = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in (ROOT / "perf_pipeline").rglob("*.py")
        for module in imports(path)
        if module.split(".")[0] in ("dagster", "assets", "scripts", "tests")
    ]
    assert knowing == []


def test_the_domain_imports_no_library_that_reads_or_stores() -> None:
    allowed = {"perf_pipeline", "__future__", "chinese_calendar"}
    standard = {"calendar", "collections", "dataclasses", "datetime", "decimal", "enum"}
    standard |= {
        "itertools",
        "math",
        "re",
        "typing",
        "unicodedata",
        "fractions",
        "zoneinfo",
        "pydantic",
    }
    for path in (ROOT / "perf_pipeline/domain").rglob("*.py"):
        roots = {module.split(".")[0] for module in imports(path)}
        assert roots <= allowed | standard, path.name


def test_modules_stay_small_enough_to_know() -> None:
    long = [
        f"{path.relative_to(ROOT)}: {lines}"
        for folder in ("perf_pipeline", "assets")
        for path in (ROOT / folder).rglob("*.py")
        if "versions" not in path.parts
        and (lines := len(path.read_text("utf-8").splitlines())) > 320
    ]
    assert long == []
