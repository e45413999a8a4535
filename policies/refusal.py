"""Why a policy is refused, in words that help whoever wrote it."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with a policy: its line (1-based; 0: the whole file), what it is and how to mend it."""

    line: int
    what: str
    mend: str

    def at(self, file: str) -> str:
        """The finding as one line of text, `file:line: what. mend.`"""
        place = f"{file}:{self.line}" if self.line else file
        return f"{place}: {self.what}. {self.mend}."


class Refused(Exception):
    """A file is not fit for use; `findings` lists every reason, at least one, by line.

    PolicyRefused: a policy file. CasesRefused: a file of test cases.
    """

    def __init__(self, file: str, findings: Iterable[Finding]) -> None:
        self.file = file
        self.findings = tuple(sorted(findings, key=lambda finding: finding.line))
        super().__init__("\n".join(finding.at(file) for finding in self.findings))


class PolicyRefused(Refused):
    """A policy is not fit to decide anything."""


class CasesRefused(Refused):
    """A file of cases says something that cannot be checked."""
