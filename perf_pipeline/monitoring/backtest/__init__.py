"""Scoring the outlook on past years: each forecast from what was known at its moment."""
