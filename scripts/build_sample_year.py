"""Build the made-up registers of the shipped year, the same bytes every time.

Usage: python scripts/build_sample_year.py [FOLDER]   (default: data)
"""

import sys
from pathlib import Path
from random import Random

from sample_year import cases, counts, ledger, reported, safeguards

SEED = 2024


def main(data: Path) -> None:
    """Write every register; each has a generator of its own, so that one does not move another."""
    folder = data / "2024/gaoxin-zhengfawei/registers"
    folder.mkdir(parents=True, exist_ok=True)
    payments = ledger.write_ledger(folder, Random(SEED))
    ledger.write_budgets(folder)
    cases.write_petitions(folder, Random(SEED + 1), Random(SEED + 9))
    cases.write_mediations(folder, Random(SEED + 2))
    counts.write_inspections(folder, Random(SEED + 3))
    counts.write_enrolments(folder)
    counts.write_activities(folder, Random(SEED + 4))
    counts.write_surveys(folder, Random(SEED + 5))
    safeguards.write_contracts(folder, payments)
    safeguards.write_assets(folder, Random(SEED + 6))
    safeguards.write_issues(folder, Random(SEED + 7))
    safeguards.write_trainings(folder, Random(SEED + 8))
    reported.write_reported(folder)
    reported.write_map(folder)


if __name__ == "__main__":
    main(
        Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent / "data"
    )
