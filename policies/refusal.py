"""The reasons why a policy is refused, in words that help its author."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake in a file: its line (from 1; 0 for the whole file), what is wrong, and how to correct it."""

    line: int
    problem: str
    remedy: str

    def at(self, file: str) -> str:
        """Return the finding as one line of text, `file:line: problem. remedy.`"""
        place = f"{file}:{self.line}" if self.line else file
        return f"{place}: {self.problem}. {self.remedy}."


class Refused(Exception):
    """A file cannot be used. `findings` lists all reasons (at least one), ordered by line.

    Raised as PolicyRefused for a policy file and as CasesRefused for a file of test cases.
    """

    def __init__(self, file: str, findings: Iterable[Finding]) -> None:
        self.file = file
        self.findings = tuple(sorted(findings, key=lambda finding: finding.line))
        super().__init__("\n".join(finding.at(file) for finding in self.findings))


class PolicyRefused(Refused):
    """A policy file has mistakes, so it must not decide anything."""


class CasesRefused(Refused):
    """A file of test cases has mistakes, so it cannot be checked."""
