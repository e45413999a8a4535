"""Places: one person can choose among many addresses of one place, and all of them count together."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network

import pytest
from hypothesis import example, given
from hypothesis.strategies import ip_addresses

from domain.places import place_of, shown_place

V4, V6 = ip_addresses(v=4), ip_addresses(v=6)


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("::ffff:cb00:7107", "203.0.113.7"),
        ("64:ff9b::203.0.113.7", "203.0.113.7"),
        ("2002:cb00:7107::1", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::/64"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_the_place_of_an_address(address: str, place: str) -> None:
    assert place_of(address) == place


@pytest.mark.parametrize(
    ("address", "shown"),
    [("203.0.113.7", "203.0.113.7"), ("::1", "::/64"), ("fe80::1%eth0", "fe80::/64"), ("", None), ("<b>unix:", None)],
)
def test_only_the_place_of_a_network_address_is_shown(address: str, shown: str | None) -> None:
    assert shown_place(address) == shown


@given(V4)
def test_an_ipv4_address_is_its_own_place_however_it_is_written(address: IPv4Address) -> None:
    assert place_of(str(address)) == place_of(f"::ffff:{address}") == str(address)


def _stands_for_ipv4(address: IPv6Address) -> bool:
    return bool(address.ipv4_mapped or address.sixtofour or address in IPv6Network("64:ff9b::/96"))


@given(V6, V6)
@example(one=IPv6Address("64:ff9b::1"), two=IPv6Address("::"))
@example(one=IPv6Address("64:ff9b::1:0:1"), two=IPv6Address("::1:0:0"))
def test_two_ipv6_addresses_are_in_one_place_if_their_first_64_bits_are_equal(
    one: IPv6Address, two: IPv6Address
) -> None:
    neighbour = IPv6Address((int(one) >> 64 << 64) | (int(two) & 0xFFFF_FFFF_FFFF_FFFF))
    if not (_stands_for_ipv4(one) or _stands_for_ipv4(neighbour)):
        assert place_of(str(one)) == place_of(str(neighbour))
