"""Secrets have a recognisable prefix and one form, and only their hash is stored."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.credentials import Credential, CredentialKind, issue, parse

KINDS = list(CredentialKind)
BODY = "A" * 43


@pytest.mark.parametrize("kind", KINDS)
def test_an_issued_secret_parses_to_its_stored_credential(kind: CredentialKind) -> None:
    secret, credential = issue(kind)
    assert secret.startswith(kind.value)
    assert parse(secret) == credential == Credential(kind, hashlib.sha256(secret.encode()).digest())


def test_each_kind_has_its_own_prefix() -> None:
    prefixes = ["session", "partner", "invitation", "signup", "reset", "email", "undo", "challenge"]
    assert [kind.value for kind in KINDS] == [f"usher_{prefix}_" for prefix in prefixes]


def test_issued_secrets_are_all_different() -> None:
    assert len({issue(CredentialKind.SESSION)[0] for _ in range(1000)}) == 1000


def test_a_stored_credential_does_not_show_its_secret() -> None:
    secret, credential = issue(CredentialKind.PARTNER)
    assert secret not in repr(credential)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "body",
    [
        "",
        "A" * 42,
        "A" * 44,
        BODY + "\n",
        " " + "A" * 42,
        "A" * 42 + "=",
        "A" * 42 + "+",
        "A" * 42 + "\0",
        "A" * 42 + "é",
        "A" * 42 + "٣",
        "A" * 42 + "\ud800",
    ],
    ids=ascii,
)
def test_text_of_another_form_is_not_a_secret(kind: CredentialKind, body: str) -> None:
    assert parse(kind.value + body) is None


@pytest.mark.parametrize(
    "prefix", ["", "usher_", "usher_admin_", "USHER_SESSION_", " usher_session_", "usher-session-"]
)
def test_text_with_another_prefix_is_not_a_secret(prefix: str) -> None:
    assert parse(prefix + BODY) is None


@given(st.text())
def test_parsing_any_text_returns_none_without_an_error(text: str) -> None:
    assert parse(text) is None
