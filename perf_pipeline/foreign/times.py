"""How far the times that a disk keeps of its files can be believed."""

from __future__ import annotations

# What is written again within a clock's tick, or through memory until the system writes it back
# (half a minute), has the time of change that it had before.
CALM = 60 * 10**9  # nanoseconds
