"""The house: imports run one way, hidden ones too, and Dagster stays outside the library."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import perf_pipeline.warehouse.schema  # noqa: F401 - declares every result
from perf_pipeline.measures.catalogue import MEASURES
from perf_pipeline.warehouse.result import DECLARED

ROOT = Path(__file__).resolve().parents[2]
# drawn from the roof down; what stands on a floor imports its own folder and the floors below
HOUSE = re.search(r"```\n(cli .*?)```", (ROOT / "docs/architecture.md").read_text("utf-8"), re.S)
assert HOUSE is not None
FLOORS = tuple(
    tuple(re.split(r"\s{2,}", line)[0].split(", ")) for line in reversed(HOUSE[1].splitlines())
)
FLOOR_OF = {name: nth for nth, floor in enumerate(FLOORS) for name in floor}
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted((ROOT / "perf_pipeline").rglob("*.py"))
    if "migrations" not in path.parts
}


def imports(path: Path) -> set[str]:
    return set(_imported(ast.parse(path.read_text("utf-8"))))


def _imported(tree: ast.AST) -> Iterator[str]:
    """Give every module that a tree imports, in functions too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for name in node.names:
                submodule = f"{node.module}.{name.name}"
                yield submodule if submodule in MODULES else node.module


def part(module: str) -> str | None:
    """Return the folder or top-level module of the library that a module is of."""
    root, *rest = module.split(".")
    return rest[0] if root == "perf_pipeline" and rest else None


def test_every_folder_and_module_has_its_floor() -> None:
    assert {part(module) for module in MODULES} - {None} == set(FLOOR_OF)


def test_types_say_what_they_are() -> None:
    """`Any` stands in fewer than 5 of 1,000 lines, and under no other name."""
    texts = [path.read_text("utf-8") for path in MODULES.values()]
    told = sum(len(re.findall(r"\bAny\b", text)) for text in texts)
    assert 1000 * told < 5 * sum(text.count("\n") for text in texts)
    assert [each for text in texts for each in re.findall(r"^\w+ = Any$", text, re.M)] == []


def test_the_readme_draws_the_same_house() -> None:
    assert HOUSE is not None
    assert HOUSE[1] in (ROOT / "README.md").read_text("utf-8")


def test_no_floor_of_the_library_reaches_up_or_sideways() -> None:
    astray = []
    for module, path in MODULES.items():
        here = part(module)
        for imported in imports(path) if here else ():
            there = part(imported)
            if there not in (None, here) and FLOOR_OF[there] >= FLOOR_OF[here]:  # type: ignore[index]
                astray.append(f"{module} imports {imported}")
    assert astray == []


def test_no_two_modules_need_each_other() -> None:
    """Imports inside functions count: a circle that is hidden in one is a circle."""
    needs = {module: imports(path) & MODULES.keys() - {module} for module, path in MODULES.items()}
    while True:
        free = {module for module, needed in needs.items() if not needed & needs.keys()}
        if not free:
            break
        needs = {module: needed for module, needed in needs.items() if module not in free}
    assert needs == {}


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
    standard = {"base64", "calendar", "collections", "dataclasses", "datetime", "decimal", "enum"}
    standard |= {
        "hashlib",
        "itertools",
        "math",
        "re",
        "typing",
        "unicodedata",
        "fractions",
        "functools",
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


def test_what_is_remembered_by_checkpoint_is_bounded() -> None:
    """A service lives for years: what it keeps for each checkpoint would grow for ever."""
    grows = [
        f"{path.name}: {of.name}"
        for path in (ROOT / "perf_pipeline").rglob("*.py")
        for of in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(of, ast.FunctionDef)
        and any(isinstance(each, ast.Name) and each.id == "cache" for each in of.decorator_list)
        and any("Checkpoint" in ast.unparse(arg.annotation or arg) for arg in of.args.args)
    ]
    assert grows == []


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


def test_what_was_known_when_and_what_is_newest_is_asked_there_too() -> None:
    """No comparison with a moment asked for, and no newest version, outside that module."""
    own = {f"perf_pipeline.{each}" for each in ("warehouse.known", "domain.calendar")}
    raw = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for name, path in MODULES.items()
        if name not in own
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if _compares_a_moment(node) or _seeks_the_newest(node)
    ]
    assert raw == []


def _compares_a_moment(node: ast.AST) -> bool:
    """Tell whether a node compares something with a `known_at` that is given."""
    if not isinstance(node, ast.Compare):
        return False
    sides = [node.left, *node.comparators]
    ordered = all(isinstance(each, ast.Lt | ast.LtE | ast.Gt | ast.GtE) for each in node.ops)
    return ordered and any(isinstance(s, ast.Attribute) and s.attr == "known_at" for s in sides)


def _seeks_the_newest(node: ast.AST) -> bool:
    """Tell whether a node is `func.max(<snapshot or source_file>.c.version)`."""
    if not isinstance(node, ast.Call) or ast.unparse(node.func) != "func.max":
        return False
    return ast.unparse(node.args[0]) in {"snapshot.c.version", "source_file.c.version"}


def test_no_measure_is_named_outside_its_declaration() -> None:
    """What is special about a measure is declared of it; a list of codes would be forgotten."""
    columns = {name for of in DECLARED.values() for name in of.columns}
    columns |= {told.view for of in DECLARED.values() for told in of.columns.values() if told.view}
    codes = {each.code for each in MEASURES} - columns
    assert len(codes) > 30
    named = [
        f"{name}:{node.lineno}: {node.value}"
        for name, path in MODULES.items()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and node.value in codes
    ]
    assert named == []


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
