"""Oso with one loaded policy. It answers one question at a time: may this subject do this action on this target?"""

import re
from collections.abc import Iterator
from typing import Never

from oso import Oso
from polar.exceptions import OsoError
from polar.ffi import process_messages

from policies import facts
from policies.refusal import Finding, PolicyRefused

_LINE = re.compile(r"\s*at line (\d+), column \d+")


class OsoEngine:
    """One loaded policy text. Raises PolicyRefused if Oso refuses the text or warns about it.

    Several threads may ask at the same time, because the text is loaded only once.
    """

    def __init__(self, text: str, file: str) -> None:
        self._file = file
        self._oso = Oso()
        warnings: list[str] = []
        core = self._oso.ffi_polar
        # Oso prints its warnings to standard output. Here each warning counts as a mistake.
        core.process_messages = lambda: warnings.extend(process_messages(core.next_message))  # type: ignore[method-assign, no-untyped-call]
        self._register_classes()
        try:
            self._oso.load_str(text)
        except OsoError as refusal:
            raise PolicyRefused(file, [_finding(str(refusal.message))]) from refusal
        # Oso's parts refer to each other in cycles. Without the cycles, its memory is freed together with the policy.
        del core.process_messages
        core.set_message_enricher(str)  # type: ignore[no-untyped-call]
        self._oso.host.get_field = _no_field
        if warnings:
            raise PolicyRefused(file, [_finding(text.removeprefix("[warning] ")) for text in warnings])

    def _register_classes(self) -> None:
        """Let the policy name the types of facts.

        With each class, Oso registers the bases of all classes so far again. Here it does so once, at the end: an
        engine is made for each rule of a policy when the policy is checked.
        """
        host = self._oso.host
        register_bases = host.register_mros
        host.register_mros = lambda: None  # type: ignore[method-assign]
        for kind in (*facts.SUBJECTS, facts.InTeam, *facts.TARGETS):
            self._oso.register_class(kind)  # type: ignore[no-untyped-call]
        register_bases()

    def allows(self, subject: facts.Subject, action: str, target: facts.Target) -> bool:
        """Ask Oso. This takes about 300 µs, so cache the answer.

        Raises PolicyRefused if Oso fails in a rule, and UnknownFact if a rule reads a fact that does not exist.
        """
        try:
            return bool(self._oso.is_allowed(subject, action, target))
        except OsoError as failure:
            raise PolicyRefused(self._file, [_finding(str(failure.message))]) from failure


def _no_field(kind: type, field: str) -> Never:
    """Refuse Oso's data filters, which call this. Usher does not use them, because they fail open."""
    raise TypeError(f"{kind.__name__}.{field} is not for a data filter")


def _finding(message: str) -> Finding:
    """Make a finding of Oso's message, without its stack trace and its drawing of the line, which logs show badly."""
    message = message.rpartition("Application error: ")[2]
    found = _LINE.search(message)
    line = int(found.group(1)) if found else 0
    problem = " ".join(_sentences(message[: found.start()] if found else message)).rstrip(".")
    return Finding(line, problem, _remedy(problem))


def _sentences(message: str) -> Iterator[str]:
    for line in message.splitlines():
        if line.strip() and "http" not in line:
            yield line.strip()


def _remedy(problem: str) -> str:
    if "allow rule" in problem:
        return "A policy without one allows nothing: restore the file or add an allow rule"
    if "resource block" in problem or "specializer" in problem or "Unregistered class" in problem:
        names = ", ".join(kind.__name__ for kind in (*facts.SUBJECTS, facts.InTeam, *facts.TARGETS))
        return f"The types a policy may name are {names}; check the spelling"
    if "Undeclared term" in problem:
        return "Add it to the block's permissions or roles, or correct the spelling"
    return "Correct the text there; the previous sentence says what Oso expected"
