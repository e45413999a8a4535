"""Shows a mail in the terminal of `usher run` when it is written into the folder instead of being sent."""

from gateway.mail.message import Mail
from gateway.runtime.addresses import one_line


def show(mail: Mail, place: str) -> None:
    """Print the recipient, the subject, the link if there is one, and the path of the file."""
    lines = [f"Mail to {mail.to}: {one_line(mail.subject)}", f"  {place}"]
    if mail.link is not None:
        lines.insert(1, f"  {mail.link}")
    # Not printed with rich, which would wrap the line. A wrapped link cannot be clicked.
    print("\n".join(lines), flush=True)  # noqa: T201
