"""Write the reference pages that are made from declarations and code.

Usage: python scripts/build_reference.py [FOLDER]   (default: docs)
"""

import sys
from pathlib import Path

from perf_pipeline.measures.audit_rules import AUDIT_RULES
from perf_pipeline.measures.catalogue import UNUSABLE
from perf_pipeline.measures.reference import measures_page
from perf_pipeline.registers.declaration import load_registers
from perf_pipeline.registers.reference import registers_page
from perf_pipeline.warehouse.reference import read_queries, warehouse_page
from perf_pipeline.warehouse.star import AREAS


def main(folder: Path) -> None:
    """Write registers.md, measures.md and warehouse.md."""
    registers = load_registers()
    (folder / "registers.md").write_text(registers_page(registers), "utf-8")
    (folder / "measures.md").write_text(measures_page(registers, UNUSABLE, AUDIT_RULES), "utf-8")
    queries = read_queries(folder / "queries")
    (folder / "warehouse.md").write_text(warehouse_page(AREAS, queries), "utf-8")


if __name__ == "__main__":
    main(
        Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent / "docs"
    )
