"""A mutant: one small fault in a source file, and the tests that must fail with it."""

from dataclasses import dataclass

from tests.mutants.sites import Site, sites


@dataclass(frozen=True)
class Mutant:
    """A fault that replaces `before` by `after` in a file.

    `before` must occur exactly once there, unless `occurrence` is the number of the occurrence to replace (from 1).
    `tests` are pytest node ids; at least one of them must fail with the fault.
    """

    name: str
    file: str
    before: str
    after: str
    tests: tuple[str, ...]
    occurrence: int | None = None

    def applied(self, source: str) -> str:
        """The source with the fault. Raises ValueError if `before` does not occur as the mutant says."""
        start = self._start(source)
        return source[:start] + self.after + source[start + len(self.before) :]

    def covered(self, source: str) -> list[Site]:
        """The sites of the source that the fault removes or changes."""
        start = self._start(source)
        old = [site for site in sites(source) if start <= site.start < start + len(self.before)]
        new = [site.text for site in sites(self.applied(source)) if start <= site.start < start + len(self.after)]
        changed = []
        for site in old:
            if site.text in new:
                new.remove(site.text)
            else:
                changed.append(site)
        return changed

    def _start(self, source: str) -> int:
        found = source.count(self.before)
        if self.occurrence is None and found != 1:
            raise ValueError(f"{self.name}: the text occurs {found} times in {self.file}, not once")
        if self.occurrence is not None and not 1 <= self.occurrence <= found:
            raise ValueError(f"{self.name}: there is no occurrence {self.occurrence} in {self.file}, only {found}")
        start = -1
        for _ in range(self.occurrence or 1):
            start = source.index(self.before, start + 1)
        return start
