"""Secrets: recognisable by their prefix, kept as a hash, and of one form only."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.credentials import Credential, CredentialKind, issue, parse

KINDS = list(CredentialKind)
BODY = "A" * 43


@pytest.mark.parametrize("kind", KINDS)
def test_an_issued_secret_parses_to_what_is_kept_of_it(kind: CredentialKind) -> None:
    secret, credential = issue(kind)
    assert secret.startswith(kind.value)
    assert parse(secret) == credential == Credential(kind, hashlib.sha256(secret.encode()).digest())


def test_the_prefixes_tell_the_kinds_apart() -> None:
    assert [kind.value for kind in KINDS] == ["usher_session_", "usher_partner_", "usher_invitation_"]


def test_no_two_secrets_are_alike() -> None:
    assert len({issue(CredentialKind.SESSION)[0] for _ in range(1000)}) == 1000


def test_what_is_kept_does_not_show_the_secret() -> None:
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
def test_another_form_is_no_secret(kind: CredentialKind, body: str) -> None:
    assert parse(kind.value + body) is None


@pytest.mark.parametrize(
    "prefix", ["", "usher_", "usher_admin_", "USHER_SESSION_", " usher_session_", "usher-session-"]
)
def test_another_prefix_is_no_secret(prefix: str) -> None:
    assert parse(prefix + BODY) is None


@given(st.text())
def test_any_text_parses_to_nothing(text: str) -> None:
    assert parse(text) is None
