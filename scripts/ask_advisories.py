"""Ask a database of advisories (OSV) about every version that constraints.txt pins.

Exit 0: asked, none is known. 1: some are known, listed. 2: could not ask, which says nothing about
whether there are any. PERF_ADVISORIES names another address of the same kind.
"""

import json
import os
import sys
from http.client import HTTPException
from urllib.request import Request, urlopen

from scripts.build_bill import constraints

ADDRESS = "https://api.osv.dev/v1/querybatch"
SECONDS = 30


def advisories(address: str) -> dict[str, list[str]]:
    """Return the advisories by package; raises OSError or ValueError where nobody answers so."""
    pinned = constraints()
    if not address.startswith(("https://", "http://")):
        raise ValueError(f"no web address: {address}")
    queries = [
        {"package": {"ecosystem": "PyPI", "name": name}, "version": version}
        for name, version in pinned.items()
    ]
    asked = Request(
        address, json.dumps({"queries": queries}).encode(), {"Content-Type": "application/json"}
    )
    with urlopen(asked, timeout=SECONDS) as answer:
        results = json.load(answer)["results"]
    if len(results) != len(queries):
        raise ValueError("the answer is of other questions")
    found = {}
    for name, result in zip(pinned, results, strict=True):
        if result.get("vulns"):
            found[name] = [each["id"] for each in result["vulns"]]
    return found


def main() -> int:
    """Ask, and say what came of it."""
    address = os.environ.get("PERF_ADVISORIES") or ADDRESS
    try:
        found = advisories(address)
    except (OSError, HTTPException, ValueError, KeyError, TypeError) as error:
        print(f"could not ask {address}: {error}; nothing is known about advisories")
        return 2
    for name, ids in found.items():
        print(f"{name}: {', '.join(ids)}")
    print(f"asked about {len(constraints())} packages: {len(found)} with advisories")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
