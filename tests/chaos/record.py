"""What was killed, in which step, how it was begun again, and what came of it.

    python -m tests.chaos.record [FILE]

Chaos runs add a line for each kill to a CSV as they make it, so that a run that is stopped has
lost nothing; this prints all of them as one table.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

KEPT = Path("out/kills.csv")
AS_IT_MUST = "as it must be"


@dataclass(frozen=True)
class Kill:
    """One kill or other disturbance, and what came of it."""

    database: str
    level: str  # library, or Dagster
    run: str
    step: str  # in which it lay
    point: str = ""  # its kind
    fault: str = "SIGKILL"  # what was done to it
    again: str = "the step"  # what was begun again, or the run
    outcome: str = AS_IT_MUST

    @property
    def right(self) -> bool:
        """Whether nothing was lost, doubled or false."""
        return self.outcome == AS_IT_MUST

    def with_outcome(self, faults: Sequence[str]) -> Kill:
        """Return the kill with what came of it otherwise than it must."""
        return replace(self, outcome="; ".join(faults) or AS_IT_MUST)


def keep(kill: Kill, where: Path = KEPT) -> None:
    """Add a kill to the record."""
    where.parent.mkdir(parents=True, exist_ok=True)
    new = not where.exists()
    with where.open("a", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [each.name for each in fields(Kill)])
        if new:
            writer.writeheader()
        writer.writerow(asdict(kill))


def kept(where: Path = KEPT) -> list[Kill]:
    """Read the record."""
    with where.open(encoding="utf-8", newline="") as file:
        return [Kill(**line) for line in csv.DictReader(file)]


def lines(kills: Iterable[Kill]) -> Iterator[str]:
    """Yield the lines of one table: kills by level, step and database, and what was wrong."""
    kills = list(kills)
    databases = sorted({each.database for each in kills})
    made = Counter((each.level, each.step, each.database) for each in kills)
    wrong = Counter((each.level, each.step) for each in kills if not each.right)
    yield f"| level | step | {' | '.join(databases)} | otherwise than it must |"
    yield f"|---|---|{'---:|' * (len(databases) + 1)}"
    for level, step in sorted({(each.level, each.step) for each in kills}):
        counts = " | ".join(str(made[level, step, each]) for each in databases)
        yield f"| {level} | {step} | {counts} | {wrong[level, step]} |"
    whole = " | ".join(str(sum(k.database == each for k in kills)) for each in databases)
    yield f"| all | | {whole} | {wrong.total()} |"
    for name in ("fault", "run", "again", "point"):
        counted = Counter(getattr(each, name) for each in kills)
        yield f"{name}: " + ", ".join(f"{said} {n}" for said, n in sorted(counted.items()))


def main() -> int:
    """Print the table."""
    print("\n".join(lines(kept(Path(sys.argv[1]) if len(sys.argv) > 1 else KEPT))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
