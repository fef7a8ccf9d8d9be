"""The site of a year (年度报告页): department → project → indicator → source rows, as files."""
