"""The bill of materials and the licences name what constraints.txt pins, and nothing else."""

import json

import pytest

from scripts.ask_advisories import main
from scripts.build_bill import BILL, LICENCES, carried, constraints


def spelled(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")


CARRIED = (carried()["name"], carried()["version"])
PINNED = {(spelled(name), version) for name, version in constraints().items()} | {CARRIED}


def test_the_bill_names_every_pinned_package_in_its_version() -> None:
    bill = json.loads(BILL.read_text("utf-8"))
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert {(each["name"], each["version"]) for each in bill["components"]} == PINNED
    for each in bill["components"]:
        kind = "npm" if (each["name"], each["version"]) == CARRIED else "pypi"
        assert each["purl"] == f"pkg:{kind}/{each['name']}@{each['version']}"
        assert each["licenses"][0]["license"]["name"]


def test_the_licences_are_those_of_the_bill() -> None:
    rows = [line.strip("| ").split(" | ") for line in LICENCES.read_text("utf-8").splitlines()]
    listed = {(row[0], row[1]) for row in rows if len(row) == 3} - {("package", "version")}
    assert listed == PINNED


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/nobody", "file:///etc/hostname"])
def test_who_cannot_ask_about_advisories_says_so(
    address: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PERF_ADVISORIES", address)
    assert main() == 2
    assert "nothing is known" in capsys.readouterr().out
