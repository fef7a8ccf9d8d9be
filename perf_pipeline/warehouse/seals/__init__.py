"""Seals (封存): every row that is written is hashed in its own transaction, chained act by act."""
