"""Lineage of columns: from a column of a result back to the register's columns it is made of."""
