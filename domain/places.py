"""Places: the parts of the network that count as one, when somebody tries passwords or opens many connections."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

# A provider gives each customer at least a /64, so a person has all addresses of it (RFC 6177, RFC 7934).
NETWORK_BITS = 64
# Addresses of IPv6 that stand for one address of IPv4 in their last 32 bits (RFC 6052).
NAT64 = IPv6Network("64:ff9b::/96")


def place_of(address: str) -> str:
    """The place of a network address: an IPv4 address, or the /64 network of an IPv6 address.

    An IPv6 address that stands for an IPv4 address (mapped, NAT64, 6to4) is the place of that address. Another text,
    such as the empty address of a unix socket, is its own place.
    """
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, IPv4Address):
        return str(found)
    inner = _inner(found)
    return str(ip_network((int(found) >> NETWORK_BITS << NETWORK_BITS, NETWORK_BITS)) if inner is None else inner)


def shown_place(address: str) -> str | None:
    """The place of a network address, for the person who was there; None if the text is no network address."""
    try:
        ip_address(address.partition("%")[0])
    except ValueError:
        return None
    return place_of(address)


def _inner(address: IPv6Address) -> IPv4Address | None:
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour
