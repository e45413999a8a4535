"""A mail that is written into the folder is shown with its link; of many mails, only the number and the folder are."""

from collections.abc import Iterator

import pytest

from gateway.mail import terminal
from gateway.mail.message import Mail
from gateway.mail.terminal import Terminal

LINK = "https://usher.example/invitations#usher_invitation_secret"


@pytest.fixture
def shown(capsys: pytest.CaptureFixture[str]) -> Iterator[list[str]]:
    """The lines that were printed, after the test has called it."""
    lines: list[str] = []
    yield lines
    assert capsys.readouterr().out.splitlines() == lines


def write(to: Terminal, number: int) -> None:
    """Show this number of mails."""
    for one in range(number):
        mail = Mail(f"p{one}@tests.example", "", "You are invited\nto a team", "text", LINK)
        to.show(mail, f"/data/mail/{one}.eml")


async def test_a_few_mails_are_shown_with_their_links(shown: list[str]) -> None:
    one = Terminal()
    write(one, 2)
    one.flush()
    write(one, 1)
    one.flush()
    one.flush()
    for number in (0, 1, 0):
        shown += [f"Mail to p{number}@tests.example: You are invited to a team", f"  {LINK}"]
        shown += [f"  /data/mail/{number}.eml"]


async def test_of_many_mails_only_the_number_and_the_folder_are_shown(shown: list[str]) -> None:
    one = Terminal()
    write(one, 3_000)
    one.flush()
    shown += ["Mails written into /data/mail: 3,000"]


async def test_the_last_mails_of_many_are_not_shown_with_their_links(
    shown: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = Terminal()
    write(one, 5)
    monkeypatch.setattr(terminal, "MAX_SECONDS", 0)
    write(one, 1)
    monkeypatch.undo()
    write(one, 2)
    one.flush()
    shown += ["Mails written into /data/mail: 6", "Mails written into /data/mail: 2"]
