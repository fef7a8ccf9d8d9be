"""Alerts (预警): what to tell whom, once."""
