"""What kinds of files an inbox has, and what each is called."""

from __future__ import annotations

from perf_pipeline.registers.declaration import load_registers

DOCUMENT, CORRECTION = "target_document", "target_correction"
DOCUMENTS = {DOCUMENT: "绩效目标文件", CORRECTION: "绩效目标更正表"}
BUDGET, PLAN = "budget", "spending_plan_entry"  # registers whose rows documents have as well
KIND_LABELS = DOCUMENTS | {declared.name: declared.label for declared in load_registers()}
