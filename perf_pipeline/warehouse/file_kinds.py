"""What kinds of files an inbox has, and what each is called."""

from __future__ import annotations

from perf_pipeline.registers.declaration import load_registers

DOCUMENTS = {"target_document": "绩效目标文件", "target_correction": "绩效目标更正表"}
BUDGET, PLAN = "budget", "spending_plan_entry"  # registers whose rows documents have as well
KIND_LABELS = DOCUMENTS | {declared.name: declared.label for declared in load_registers()}
