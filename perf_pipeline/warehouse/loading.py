"""Loading target documents and registers: what the readers read, as rows of the tables."""

from __future__ import annotations

