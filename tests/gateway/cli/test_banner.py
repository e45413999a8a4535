"""What `usher run` prints at its start names only what is there."""

from pathlib import Path
from typing import Any

import pytest

from gateway.cli import banner
from gateway.http import console, graphiql
from gateway.runtime.settings import Settings

CONSOLE = "Console: open http://127.0.0.1:8000/ in a browser."
GRAPHIQL = "GraphiQL: open http://127.0.0.1:8000/graphql in a browser."


def shown(capsys: pytest.CaptureFixture[str], **switches: Any) -> str:
    """Print the banner. Returns it in one line."""
    banner.show(Settings(**switches), demo=False)
    return " ".join(capsys.readouterr().out.split())


def test_the_console_and_graphiql_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    text = shown(capsys)
    assert CONSOLE in text
    assert GRAPHIQL in text


def test_what_was_not_built_is_not_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(console, "BUNDLE", tmp_path)
    monkeypatch.setattr(graphiql, "BUNDLE", tmp_path)
    text = shown(capsys)
    assert console.MISSING in text
    assert "Console:" not in text
    assert "GraphiQL" not in text


def test_what_is_switched_off_is_not_named(capsys: pytest.CaptureFixture[str]) -> None:
    text = shown(capsys, console=False, graphiql=False, public_url="https://seats.example")
    assert "Console:" not in text
    assert "GraphiQL" not in text
    assert "Links in mails lead to https://seats.example." in text
    assert "Set USHER_PUBLIC_URL" in shown(capsys, console=False)
