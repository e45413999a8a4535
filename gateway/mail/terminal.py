"""What the terminal of `usher run` shows of a mail that is written into the folder instead of being sent."""

from gateway.mail.message import Mail
from gateway.runtime.addresses import one_line


def show(written: Mail, place: str) -> None:
    """Print that a mail was written, and where its link leads, which is often all that is wanted of it."""
    lines = [f"Mail to {written.to}: {one_line(written.subject)}", f"  {place}"]
    if written.link is not None:
        lines.insert(1, f"  {written.link}")
    # Not through rich: it would break the line, and then the link could not be clicked.
    print("\n".join(lines), flush=True)  # noqa: T201
