"""Challenges of passkeys are right for one purpose and one owner, and for five minutes."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.passkeys import LENGTH, LIFETIME, Challenges, PasskeyDevice, Purpose

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MADE = Challenges("a secret")


def test_a_challenge_is_right_for_its_purpose_and_owner_until_it_expires() -> None:
    challenge = MADE.issue(Purpose.ADD, "user_1", NOW)
    assert len(challenge) == LENGTH
    assert MADE.is_valid(challenge, Purpose.ADD, "user_1", NOW)
    assert Challenges("a secret").is_valid(challenge, Purpose.ADD, "user_1", NOW + LIFETIME - SECOND)
    assert not MADE.is_valid(challenge, Purpose.ADD, "user_1", NOW + LIFETIME)
    assert not MADE.is_valid(challenge, Purpose.ADD, "user_2", NOW)
    assert not MADE.is_valid(challenge, Purpose.SIGN_IN, "user_1", NOW)
    assert not Challenges("another secret").is_valid(challenge, Purpose.ADD, "user_1", NOW)


@pytest.mark.parametrize("place", range(LENGTH))
def test_no_changed_challenge_is_right(place: int) -> None:
    challenge = bytearray(MADE.issue(Purpose.SIGN_IN, "", NOW))
    challenge[place] ^= 1
    assert not MADE.is_valid(bytes(challenge), Purpose.SIGN_IN, "", NOW)


@pytest.mark.parametrize("wrong", [b"", b"x" * 31, bytes(LENGTH), bytes(LENGTH + 1)])
def test_no_other_bytes_are_a_challenge(wrong: bytes) -> None:
    assert not MADE.is_valid(wrong, Purpose.SIGN_IN, "", NOW)


def test_no_two_challenges_are_equal() -> None:
    assert len({MADE.issue(Purpose.SIGN_IN, "", NOW) for _ in range(100)}) == 100


@pytest.mark.parametrize(
    ("synced", "transports", "device"),
    [
        (True, ["internal", "hybrid"], PasskeyDevice.SYNCED),
        (False, ["internal"], PasskeyDevice.BUILT_IN),
        (False, ["usb", "nfc"], PasskeyDevice.SECURITY_KEY),
        (False, [], PasskeyDevice.SECURITY_KEY),
    ],
)
def test_a_device_is_known_by_what_the_browser_says(synced: bool, transports: list[str], device: PasskeyDevice) -> None:
    assert PasskeyDevice.of(synced=synced, transports=transports) is device
