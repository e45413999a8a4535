"""Oso, asked one question at a time: may this subject do this action to this target?"""

import re
from collections.abc import Iterator
from typing import Never

from oso import Oso
from polar.exceptions import OsoError
from polar.ffi import process_messages

from policies import facts
from policies.refusal import Finding, PolicyRefused

_LINE = re.compile(r"\s*at line (\d+), column \d+")


class Oracle:
    """One loaded policy text. Raises PolicyRefused when Oso refuses the text or merely warns about it.

    Reads are safe from several threads; a text is loaded once and never again.
    """

    def __init__(self, text: str, file: str) -> None:
        self._file = file
        self._oso = Oso()
        warnings: list[str] = []
        core = self._oso.ffi_polar
        # Oso prints its warnings to standard output; each of them is a mistake to us.
        core.process_messages = lambda: warnings.extend(process_messages(core.next_message))  # type: ignore[method-assign, no-untyped-call]
        for kind in (*facts.SUBJECTS, facts.InTeam, *facts.TARGETS):
            self._oso.register_class(kind)  # type: ignore[no-untyped-call]
        try:
            self._oso.load_str(text)
        except OsoError as refusal:
            raise PolicyRefused(file, [_finding(str(refusal.message))]) from refusal
        # Oso's parts hold each other in circles; cut, its memory goes with the policy and not at some later collection.
        del core.process_messages
        core.set_message_enricher(str)  # type: ignore[no-untyped-call]
        self._oso.host.get_field = _no_field
        if warnings:
            raise PolicyRefused(file, [_finding(text.removeprefix("[warning] ")) for text in warnings])

    def allows(self, subject: facts.Subject, action: str, target: facts.Target) -> bool:
        """Ask Oso. Costs some 300 µs: remember the answer.

        Raises PolicyRefused when Oso fails over a rule, UnknownFact when one asks for a fact that does not exist.
        """
        try:
            return bool(self._oso.is_allowed(subject, action, target))
        except OsoError as failure:
            raise PolicyRefused(self._file, [_finding(str(failure.message))]) from failure


def _no_field(kind: type, field: str) -> Never:
    """Oso's look-up for its data filters, which are not used: they fail open."""
    raise TypeError(f"{kind.__name__}.{field} is not for a data filter")


def _finding(message: str) -> Finding:
    """Oso's message without its stack trace and its drawing of the line, which editors and logs show badly."""
    message = message.rpartition("Application error: ")[2]
    found = _LINE.search(message)
    line = int(found.group(1)) if found else 0
    what = " ".join(_sentences(message[: found.start()] if found else message)).rstrip(".")
    return Finding(line, what, _mend(what))


def _sentences(message: str) -> Iterator[str]:
    for line in message.splitlines():
        if line.strip() and "http" not in line:
            yield line.strip()


def _mend(what: str) -> str:
    if "allow rule" in what:
        return "A policy without one allows nothing: restore the file or add an allow rule"
    if "resource block" in what or "specializer" in what or "Unregistered class" in what:
        names = ", ".join(kind.__name__ for kind in (*facts.SUBJECTS, facts.InTeam, *facts.TARGETS))
        return f"The types a policy may name are {names}; check the spelling"
    if "Undeclared term" in what:
        return "Add it to the block's permissions or roles, or correct the spelling"
    return "Correct the text there; the sentence before says what Oso expected"
