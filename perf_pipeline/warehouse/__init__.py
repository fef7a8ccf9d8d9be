"""The warehouse: tables, engines, history, and loading what the readers read."""
