"""`usher mail preview` shows the mails of notices without a database."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from domain.notices import NoticeKind
from gateway.cli.main import app


def preview(*words: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(app, ["mail", "preview", *words])


@pytest.mark.parametrize("kind", NoticeKind)
def test_it_shows_each_kind_of_notice(kind: NoticeKind, tmp_path: Path) -> None:
    english, german = preview(kind), preview(kind, "--language", "de")
    assert english.output.count("Hello Ada Lovelace,") == 1
    assert german.output.count("Guten Tag Ada Lovelace,") == 1
    file = tmp_path / "mail.html"
    assert (preview(kind, "--html", str(file)).exit_code, file.read_text("utf-8").startswith("<!DOCTYPE html>")) == (
        0,
        True,
    )


def test_an_unknown_kind_is_refused_with_the_known_ones() -> None:
    refused = preview("luck")
    assert refused.exit_code == 2
    assert all(kind in refused.output for kind in NoticeKind)


def test_a_word_that_is_no_command_is_an_address() -> None:
    refused = CliRunner().invoke(app, ["mail", "nowhere"])
    assert (refused.exit_code, "ADDRESS must be an address" in refused.output) == (1, True)
