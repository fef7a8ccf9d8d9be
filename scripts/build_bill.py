"""Write the bill of materials (CycloneDX 1.6) and the list of licences of what we stand on.

Both follow constraints.txt, from each package's own metadata; a package that is not installed here
in that version stops it. Run in an environment with everything: `make bill`.
"""

import json
import re
from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BILL = ROOT / "docs/bill-of-materials.cdx.json"
LICENCES = ROOT / "docs/licences.md"
SCRIPT = ROOT / "perf_pipeline/reports/templates/uplot/uPlot.iife.min.js"
CLASSIFIER = "License :: "
LONGEST = 60  # letters of a licence's name; longer ones are whole texts
UNSAID = "not said in its metadata"


def constraints() -> dict[str, str]:
    """Return the version of each package that constraints.txt names."""
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pairs = (line.split("==") for line in lines if "==" in line)
    return {name.strip(): version.strip() for name, version in pairs}


def licence_of(of: PackageMetadata) -> str:
    """Return a package's licence as it says itself: an expression, a short text or classes."""
    said = of.get("License-Expression") or of.get("License") or ""
    if said and len(said) <= LONGEST and "\n" not in said and said != "UNKNOWN":
        return str(said)
    classes = [each for each in of.get_all("Classifier") or () if each.startswith(CLASSIFIER)]
    return "; ".join(each.rsplit(" :: ", 1)[1] for each in classes) or UNSAID


def component(name: str, version: str) -> dict[str, object]:
    """Describe a package as CycloneDX does."""
    of = metadata(name)
    plain = re.sub(r"[-_.]+", "-", name).lower()
    if of["Version"] != version:
        raise SystemExit(f"{name} {of['Version']} is installed, constraints.txt names {version}")
    return {
        "type": "library",
        "bom-ref": f"pkg:pypi/{plain}@{version}",
        "name": plain,
        "version": version,
        "purl": f"pkg:pypi/{plain}@{version}",
        "licenses": [{"license": {"name": licence_of(of)}}],
    }


def carried() -> dict[str, object]:
    """Describe the script that pages carry, by its own first line."""
    first = SCRIPT.read_text("utf-8").partition("\n")[0]
    found = re.search(r"\(v([\d.]+)\)", first)
    assert found is not None, first
    return {
        "type": "library",
        "bom-ref": f"pkg:npm/uplot@{found[1]}",
        "name": "uplot",
        "version": found[1],
        "purl": f"pkg:npm/uplot@{found[1]}",
        "licenses": [{"license": {"name": "MIT"}}],
    }


def main() -> None:
    """Write both files."""
    components = []
    for name, version in sorted(constraints().items(), key=lambda pair: pair[0].lower()):
        try:
            components.append(component(name, version))
        except PackageNotFoundError:
            raise SystemExit(f"{name} is not installed") from None
    components.append(carried())
    bill = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "perf-pipeline"}},
        "components": components,
    }
    BILL.write_text(json.dumps(bill, indent=1, ensure_ascii=False) + "\n", "utf-8")
    lines = ["# Licences", "", "Made by `make bill` from the packages' own metadata.", ""]
    lines += ["| package | version | licence |", "|---|---|---|"]
    for each in components:
        name = each["licenses"][0]["license"]["name"]  # type: ignore[index]
        lines.append(f"| {each['name']} | {each['version']} | {name.replace('|', ' ')} |")
    LICENCES.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
