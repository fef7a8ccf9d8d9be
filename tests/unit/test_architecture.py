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


def test_the_past_is_asked_through_one_gate() -> None:
    """What is current is decided in `warehouse.known` alone: only there the condition."""
    raw = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for folder in ("perf_pipeline", "assets")
        for path in (ROOT / folder).rglob("*.py")
        if path != ROOT / "perf_pipeline/warehouse/known.py"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call | ast.Compare) and _asks_what_is_open(node)
    ]
    assert raw == []


def _asks_what_is_open(node: ast.Call | ast.Compare) -> bool:
    """Tell whether a node is `<anything>.closed_by_id.is_(…)`, `.is_not(…)`, or compares it."""
    if isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        nothing = any(isinstance(side, ast.Constant) and side.value is None for side in sides)
        return nothing and any(_is_closing(side) for side in sides)
    asked = node.func
    asks = isinstance(asked, ast.Attribute) and asked.attr in {"is_", "is_not", "isnot"}
    return asks and isinstance(asked, ast.Attribute) and _is_closing(asked.value)


def _is_closing(node: ast.expr) -> bool:
    by_name = isinstance(node, ast.Attribute) and node.attr == "closed_by_id"
    by_key = isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant)
    return by_name or (by_key and node.slice.value == "closed_by_id")  # type: ignore[attr-defined]
