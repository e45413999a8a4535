"""Shows mails in the terminal of `usher run` when they are written into the folder instead of being sent."""

import asyncio

from gateway.mail.message import Mail
from gateway.runtime.addresses import one_line

MAX_SHOWN = 3
"""How many mails that are written together are shown one by one. Of more mails, only the number and the folder are."""
QUIET_SECONDS = 0.5
MAX_SECONDS = 5.0


class Terminal:
    """Prints the mails that were written, when none has been written for a moment.

    A few mails are printed with their links, so that a person who tries Usher can open them. Thousands of links would
    hide everything else, and each of them lets its reader into a team.
    """

    def __init__(self) -> None:
        """Print nothing yet. The first mail starts the wait."""
        self._written: list[tuple[Mail, str]] = []
        self._many = False
        self._since = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def show(self, mail: Mail, place: str) -> None:
        """Note a mail that was written into the file `place`, and print it with the others a moment later."""
        loop = asyncio.get_running_loop()
        if not self._written:
            self._since = loop.time()
        self._written.append((mail, place))
        if self._timer is not None:
            self._timer.cancel()
        if loop.time() - self._since < MAX_SECONDS:
            self._timer = loop.call_later(QUIET_SECONDS, self.flush)
        else:
            # More mails are coming. The last ones must not be printed as if they were alone.
            self._many = True
            self._print()
            self._timer = loop.call_later(QUIET_SECONDS, self.flush)

    def flush(self) -> None:
        """Print the mails that are noted. What is written after this is shown anew."""
        if self._timer is not None:
            self._timer.cancel()
        self._print()
        self._timer, self._many = None, False

    def _print(self) -> None:
        written, self._written = self._written, []
        if self._many or len(written) > MAX_SHOWN:
            folders = sorted({place.rpartition("/")[0] for _, place in written})
            lines = [f"Mails written into {', '.join(folders)}: {len(written):,}"] if written else []
        else:
            lines = [line for mail, place in written for line in _lines(mail, place)]
        if lines:
            # Not printed with rich, which would wrap the line. A wrapped link cannot be clicked.
            print("\n".join(lines), flush=True)  # noqa: T201


def _lines(mail: Mail, place: str) -> list[str]:
    """The recipient, the subject, the link if there is one, and the path of the file."""
    link = [] if mail.link is None else [f"  {mail.link}"]
    return [f"Mail to {mail.to}: {one_line(mail.subject)}", *link, f"  {place}"]
