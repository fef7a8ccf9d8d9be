"""Names for the types of SQLAlchemy whose contents are known to the database alone."""

from __future__ import annotations

from typing import TypeAlias

from sqlalchemy import CompoundSelect, Row, Select, SQLColumnExpression

Query: TypeAlias = Select[*tuple[object, ...]]
CompoundQuery: TypeAlias = CompoundSelect[*tuple[object, ...]]
StoredRow: TypeAlias = Row[*tuple[object, ...]]
Expression: TypeAlias = SQLColumnExpression[object]
