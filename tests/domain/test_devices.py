"""The cookie of a device helps for the accounts that signed in on it, until their passwords change."""

from base64 import urlsafe_b64decode
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis.strategies import binary, integers, text

from domain.devices import LIFETIME, MAX_ACCOUNTS, MAX_LENGTH, DeviceCookies

TODAY, HASH = date(2026, 5, 1), "hash"
COOKIES = DeviceCookies("s" * 32)


def knows(cookie: str, user: str = "user_ada", password_hash: str = HASH, today: date = TODAY) -> bool:
    """Whether the cookie marks a device as known for this account."""
    device = COOKIES.read(cookie)
    return device is not None and COOKIES.knows(device, user, password_hash, today)


def test_a_device_is_known_for_its_account_and_for_no_other() -> None:
    cookie = COOKIES.mark("", "user_ada", "hash", TODAY)
    assert knows(cookie)
    assert not knows(cookie, user="user_bob")


def test_a_new_password_ends_the_mark() -> None:
    assert not knows(COOKIES.mark("", "user_ada", "hash", TODAY), password_hash="another hash")


def test_a_mark_ends_after_180_days_without_a_sign_in() -> None:
    cookie = COOKIES.mark("", "user_ada", "hash", TODAY)
    assert knows(cookie, today=TODAY + LIFETIME - timedelta(days=1))
    assert not knows(cookie, today=TODAY + LIFETIME)


def test_several_accounts_share_a_device_and_the_oldest_ends_first() -> None:
    cookie = ""
    for number in range(MAX_ACCOUNTS + 1):
        cookie = COOKIES.mark(cookie, f"user_{number}", "hash", TODAY)
    assert [knows(cookie, f"user_{number}") for number in range(MAX_ACCOUNTS + 1)] == [False] + [True] * MAX_ACCOUNTS
    assert len(cookie) <= MAX_LENGTH


def test_a_second_sign_in_keeps_the_device_and_its_other_accounts() -> None:
    first = COOKIES.mark(COOKIES.mark("", "user_ada", "hash", TODAY), "user_bob", "hash", TODAY)
    again = COOKIES.mark(first, "user_ada", "new hash", TODAY)
    one, two = COOKIES.read(first), COOKIES.read(again)
    assert one is not None
    assert two is not None
    assert one.number == two.number
    assert knows(again, "user_bob")
    assert knows(again, "user_ada", "new hash")


def test_every_process_with_the_secret_reads_it_and_no_other_one() -> None:
    cookie = COOKIES.mark("", "user_ada", "hash", TODAY)
    assert DeviceCookies("s" * 32).read(cookie) == COOKIES.read(cookie)
    assert DeviceCookies("t" * 32).read(cookie) is None


def test_it_names_neither_the_account_nor_the_password() -> None:
    content = urlsafe_b64decode(COOKIES.mark("", "user_ada", "argon2 hash", TODAY) + "==")
    assert b"user_ada" not in content
    assert b"argon2" not in content


@given(integers(min_value=0), integers(1, 255))
def test_a_changed_cookie_is_refused(place: int, change: int) -> None:
    cookie = COOKIES.mark("", "user_ada", "hash", TODAY).encode()
    changed = bytearray(cookie)
    changed[place % len(cookie)] ^= change
    found = COOKIES.read(changed.decode("latin1"))
    # The last character has bits that base64 ignores.
    assert found is None or place % len(cookie) == len(cookie) - 1


@given(text() | binary().map(lambda content: content.decode("latin1")))
def test_any_other_text_is_no_cookie(cookie: str) -> None:
    assert COOKIES.read(cookie) is None


@pytest.mark.parametrize("cookie", ["", "a", "a" * MAX_LENGTH, "a" * 1_000_000, "é"])
def test_a_malformed_cookie_is_replaced(cookie: str) -> None:
    assert COOKIES.read(cookie) is None
    assert knows(COOKIES.mark(cookie, "user_ada", "hash", TODAY))
