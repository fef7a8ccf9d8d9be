"""What kinds of files an inbox has, and what each is called."""

from __future__ import annotations

from perf_pipeline.registers.declaration import load_registers

DOCUMENTS = {"target_document": "绩效目标文件", "target_correction": "绩效目标更正表"}
# whose rows are of tables that the others' are of, too: a document gives plans and budgets as well
SAME_TABLES = {*DOCUMENTS, "budget", "spending_plan_entry"}
KIND_LABELS = DOCUMENTS | {declared.name: declared.label for declared in load_registers()}
