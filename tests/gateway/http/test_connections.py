"""A process counts its connections by the place of the client, and its clock ticks only while there are connections."""

import asyncio
import pickle

from gateway.http.connections import MAX_REFUSED, MIN_RATE, PROXY, Connections, Limits

LIMITS = Limits(connections=3, connections_per_address=2, header=1, body=1, answer=1, proxies="10.0.0.0/8")


class Client:
    """A connection that counts the ticks."""

    def __init__(self) -> None:
        self.ticks = 0
        self._ticked = asyncio.Event()

    def check_time(self) -> None:
        self.ticks += 1
        self._ticked.set()

    async def next_tick(self) -> None:
        self._ticked.clear()
        await self._ticked.wait()


async def test_neighbours_in_an_ipv6_network_share_a_limit() -> None:
    connections = Connections(LIMITS)
    assert [connections.admit(Client(), f"2001:db8::{n}") for n in range(3)] == ["2001:db8::/64"] * 2 + [None]
    assert connections.admit(Client(), "2001:db8:0:1::1") == "2001:db8:0:1::/64"
    assert connections.admit(Client(), "2001:db8:0:2::1") is None, "the process has only three connections"


async def test_an_ended_connection_makes_room() -> None:
    connections = Connections(LIMITS)
    first, second = Client(), Client()
    where = connections.admit(first, "192.0.2.7")
    connections.admit(second, "192.0.2.7")
    assert connections.admit(Client(), "192.0.2.7") is None
    connections.release(first, where)
    assert connections.admit(Client(), "192.0.2.7") == "192.0.2.7"


async def test_a_trusted_proxy_is_limited_only_by_the_process() -> None:
    connections = Connections(LIMITS)
    assert [connections.admit(Client(), "10.1.2.3") for _ in range(4)] == [PROXY] * 3 + [None]


async def test_a_client_without_an_address_is_no_proxy() -> None:
    connections = Connections(LIMITS)
    assert [connections.admit(Client(), "") for _ in range(3)] == ["", "", None]


async def test_only_some_refused_connections_stay_open() -> None:
    connections = Connections(LIMITS)
    assert [connections.linger(Client()) for _ in range(MAX_REFUSED + 1)] == [True] * MAX_REFUSED + [False]


async def test_the_clock_ticks_only_while_there_are_connections() -> None:
    connections, first, refused, later = Connections(LIMITS), Client(), Client(), Client()
    where = connections.admit(first, "192.0.2.7")
    assert connections.linger(refused)
    await refused.next_tick()
    assert (first.ticks, refused.ticks, connections.now) == (1, 1, 1)
    connections.release(first, where)
    connections.release(refused, None)
    connections.admit(later, "192.0.2.8")  # the next tick is still to come, and is not followed by two at once
    await later.next_tick()
    await later.next_tick()
    assert (first.ticks, later.ticks, connections.now) == (1, 2, 3)
    connections.release(later, "192.0.2.8")
    connections._check()
    assert not connections._is_ticking
    connections.admit(first, "192.0.2.7")
    assert connections._is_ticking


def test_a_time_in_ticks_is_never_shorter_than_in_seconds() -> None:
    connections = Connections(LIMITS)
    assert connections.header == 5, "four ticks of a quarter of a second, and the one that had begun"
    assert connections.ticks_of(10 * MIN_RATE) == 40


def test_a_worker_process_gets_the_limits_without_connections() -> None:
    copied = pickle.loads(pickle.dumps(Connections(LIMITS)))  # noqa: S301 - the test's own bytes
    assert (copied.limits, copied.now) == (LIMITS, 0)
