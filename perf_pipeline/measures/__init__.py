"""Measures (度量): registers turned into numerators and denominators, by counting."""
