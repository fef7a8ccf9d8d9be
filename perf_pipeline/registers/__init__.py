"""Registers (台账): their declarations, and reading them into typed or quarantined rows."""
