"""The forms of a document that hold indicators, and rules that look at each thing in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol, TypeVar

from perf_pipeline.documents.model import (
    Finding,
    FormKind,
    Indicator,
    Project,
    Severity,
    TargetDocument,
    Where,
)

Said = tuple[str, str] | None  # what is wrong, and what to write instead
Told = tuple[Where | str, str, str, str]  # where, what is wrong, what to write, of which project
Look = Callable[[TargetDocument], Iterable[Told]]


class Placed(Protocol):
    """What stands somewhere in a document."""

    @property
    def where(self) -> Where | str:
        """The place."""


Subject = TypeVar("Subject", bound=Placed)
Test = Callable[[Subject], Said]
Subjects = Callable[[TargetDocument], Iterable[tuple[str, Subject]]]  # each with its project's name


@dataclass(frozen=True)
class Rule:
    """A rule of the review: where it looks, how grave its faults are, from what it follows."""

    code: str
    severity: Severity
    basis: str
    look: Look

    def __call__(self, document: TargetDocument) -> Iterator[Finding]:
        """Give a finding for each fault in a document."""
        for where, said, proposal, project in self.look(document):
            yield Finding(self.severity, self.code, said, where, self.basis, proposal, project)


def of_document(severity: Severity, basis: str, code: str = "") -> Callable[[Look], Rule]:
    """Make a rule of a look at the whole document; its code is the look's name, or another."""
    return lambda look: Rule(code or look.__name__, severity, basis, look)


def of_each(
    subjects: Subjects[Subject], severity: Severity, basis: str, code: str = ""
) -> Callable[[Test[Subject]], Rule]:
    """Make a rule of a test of one thing; its code is the test's name, or another."""

    def make(test: Test[Subject]) -> Rule:
        def look(document: TargetDocument) -> Iterator[Told]:
            for project, each in subjects(document):
                if said := test(each):
                    yield each.where, *said, project

        return Rule(code or test.__name__, severity, basis, look)

    return make


def projects(document: TargetDocument) -> Iterator[tuple[str, Project]]:
    """Give the projects with their names."""
    return ((project.name, project) for project in document.projects)


def filled_forms(document: TargetDocument) -> Iterator[tuple[str, Project]]:
    """Give the forms that hold indicators with their projects' names."""
    return ((form.name, form) for form in indicator_forms(document) if form.indicators)


def indicators(document: TargetDocument) -> Iterator[tuple[str, Indicator]]:
    """Give the indicators of all forms with their projects' names."""
    return ((form.name, each) for form in indicator_forms(document) for each in form.indicators)


def all_indicators(document: TargetDocument) -> Iterator[tuple[str, Indicator]]:
    """Give the indicators of projects, then the department's, those of sentences too."""
    yield from ((form.name, each) for form in document.projects for each in form.indicators)
    yield from (("", each) for each in document.department_indicators)


def indicator_forms(document: TargetDocument) -> Iterator[Project]:
    """Give the projects, and the department's form (部门整体支出绩效目标表) as one more.

    The department's form is told by its levels, which sentences do not have. One that stands in
    several tables is left out: what is missing in one may stand in another.
    """
    yield from document.projects
    lines = [each for each in document.department_indicators if each.level1]
    if len({each.where.sheet for each in lines}) != 1:
        return
    yield Project("", tuple(lines), lines[0].where, FormKind.DEPARTMENT)
