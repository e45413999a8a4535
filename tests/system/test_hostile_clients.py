"""A client that never ends a header, or that is silent, slow or deaf, is ended by the server, and others are served.

Each story runs over real sockets against a process of `usher run`, with small limits.
"""

import asyncio
import re
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path

import httpx
import pytest

from gateway.http.protocol import MAX_HEAD, MAX_HEADERS, MAX_PIPELINED
from gateway.runtime.settings import ROOT
from tests.support import hostile_clients
from tests.support.hostile_clients import Outcome
from tests.support.process import Run, environment, free_port, launched, running, wait_for

pytestmark = pytest.mark.slow

ENDLESS = 64 * 1024 * 1024
CONNECTIONS, PER_ADDRESS = 50, 10
SMALL = {
    "USHER_HEADER_SECONDS": "2",
    "USHER_BODY_SECONDS": "2",
    "USHER_ANSWER_SECONDS": "2",
    "USHER_IDLE_SECONDS": "2",
    "USHER_MAX_CONNECTIONS": str(CONNECTIONS),
    "USHER_MAX_CONNECTIONS_PER_ADDRESS": str(PER_ADDRESS),
}
FIELDS = "name,description,args{name,description},type{name,ofType{name}}"
TYPES = f"{{__schema{{types{{name,description,fields{{{FIELDS}}},inputFields{{name,description}}}}}}}}"
INTROSPECTION = f"GET /graphql?query={TYPES} HTTP/1.1\r\nHost: usher\r\n\r\n".encode()


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, database: str) -> Iterator[Run]:
    with running(tmp_path_factory.mktemp("hostile") / "data", DATABASE_URL=database, **SMALL) as run:
        yield run


def addresses(count: int) -> list[str]:
    """Addresses of this machine from which clients can connect, other than 127.0.0.1."""
    return [f"127.0.0.{number}" for number in range(2, 2 + count)]


async def status_of_health(run: Run, *, source: str = "127.0.0.1") -> int:
    transport = httpx.AsyncHTTPTransport(local_address=source)
    async with httpx.AsyncClient(transport=transport, base_url=run.address, timeout=30) as http:
        return (await http.get("/healthz")).status_code


async def refusals(run: Run, reason: str) -> int:
    """How many connections the server says it has ended for this reason."""
    metrics = await asyncio.to_thread(httpx.get, f"{run.address}/metrics")
    found = re.search(rf'usher_connections_refused_total{{reason="{reason}"}} (\d+)', metrics.text)
    return int(found[1]) if found else 0


def refused(outcome: Outcome) -> bool:
    """Whether the client got the answer of a server that has too many connections."""
    assert outcome.status in {None, 503}
    assert (b"\r\nretry-after: " in outcome.answer) == (outcome.status == 503)
    return outcome.status == 503


@pytest.mark.parametrize("part", ["header", "name", "target", "trailer"])
async def test_an_endless_part_of_a_request_is_refused_before_it_is_read(run: Run, part: str) -> None:
    send: Callable[[str, int], Awaitable[Outcome]] = getattr(hostile_clients, f"endless_{part}")
    outcome = await send(run.address, ENDLESS)
    assert outcome.statuses == (431,)
    assert b'"code":"HEADER_TOO_LARGE"' in outcome.answer
    assert outcome.ended
    assert outcome.sent < ENDLESS / 2
    assert await status_of_health(run) == 200


async def test_a_header_may_have_exactly_its_limit(run: Run) -> None:
    rest = (await hostile_clients.endless_header(run.address, 0)).sent
    allowed = await hostile_clients.endless_header(run.address, MAX_HEAD - rest)
    assert (allowed.sent, allowed.statuses) == (MAX_HEAD, (200,))
    assert (await hostile_clients.endless_header(run.address, MAX_HEAD - rest + 1)).statuses == (431,)


async def test_each_request_of_a_connection_has_the_whole_limit(run: Run) -> None:
    async with httpx.AsyncClient(base_url=run.address, timeout=30) as http:
        for _ in range(4):
            assert (await http.get("/healthz", headers={"x-long": "a" * (MAX_HEAD // 2)})).status_code == 200


async def test_the_headers_of_a_request_are_counted(run: Run) -> None:
    assert (await hostile_clients.many_headers(run.address, MAX_HEADERS)).statuses == (200,)
    for count in (MAX_HEADERS + 1, 10 * MAX_HEADERS):
        assert (await hostile_clients.many_headers(run.address, count)).statuses == (431,)


async def test_only_so_many_requests_of_a_connection_wait(run: Run) -> None:
    allowed = await hostile_clients.many_requests(run.address, MAX_PIPELINED)
    assert allowed.statuses == (200,) * MAX_PIPELINED
    before = await refusals(run, "pipelined")
    assert (await hostile_clients.many_requests(run.address, 100 * MAX_PIPELINED)).ended
    assert await refusals(run, "pipelined") == before + 1


@pytest.mark.parametrize("client", [hostile_clients.slow_header, hostile_clients.slow_body])
async def test_a_request_that_arrives_byte_by_byte_is_ended(
    run: Run, client: Callable[[str], Awaitable[Outcome]]
) -> None:
    outcome = await client(run.address)
    assert outcome.statuses == (408,)
    assert b'"code":"REQUEST_TIMEOUT"' in outcome.answer
    assert outcome.ended


async def test_a_long_body_has_more_time_if_it_keeps_arriving(run: Run) -> None:
    async def body() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b" " * 32_768
            await asyncio.sleep(0.15)
        yield b'{"query": "{ __typename }"}'

    async with httpx.AsyncClient(base_url=run.address, timeout=60) as http:
        answer = await http.post("/graphql", content=body(), headers={"content-type": "application/json"})
    assert answer.json()["data"] == {"__typename": "Query"}


async def test_a_connection_without_a_further_request_is_ended(run: Run) -> None:
    outcome = await hostile_clients.idle_connection(run.address)
    assert (outcome.statuses, outcome.ended) == ((200,), True)


async def test_a_client_that_reads_no_answer_is_ended(run: Run) -> None:
    before = await refusals(run, "unread")
    assert (await hostile_clients.deaf_client(run.address, INTROSPECTION, times=100)).ended
    assert await refusals(run, "unread") == before + 1


async def test_one_address_has_only_its_share_of_the_connections(run: Run) -> None:
    more = 5
    attack = asyncio.create_task(hostile_clients.silent_connections(run.address, PER_ADDRESS + more))
    for _ in range(5):
        assert await status_of_health(run, source="127.0.0.2") == 200
    outcomes = await attack
    assert Counter(map(refused, outcomes)) == {False: PER_ADDRESS, True: more}
    assert all(outcome.ended for outcome in outcomes)
    assert await status_of_health(run) == 200


async def test_many_addresses_share_the_connections_of_a_worker(run: Run) -> None:
    more = 10
    sources = addresses(6)
    outcomes = await hostile_clients.silent_connections(run.address, CONNECTIONS + more, sources=sources)
    assert Counter(map(refused, outcomes)) == {False: CONNECTIONS, True: more}
    assert all(outcome.ended for outcome in outcomes)
    assert await status_of_health(run) == 200


async def test_a_trusted_proxy_has_no_share(tmp_path: Path, database: str) -> None:
    proxied = partial(running, tmp_path / "data", DATABASE_URL=database, FORWARDED_ALLOW_IPS="127.0.0.1", **SMALL)
    with proxied() as run:
        outcomes = await hostile_clients.silent_connections(run.address, 2 * PER_ADDRESS)
        assert Counter(map(refused, outcomes)) == {False: 2 * PER_ADDRESS}
        others = await hostile_clients.silent_connections(run.address, 2 * PER_ADDRESS, sources=addresses(1))
        assert Counter(map(refused, others)) == {False: PER_ADDRESS, True: PER_ADDRESS}


def with_few_files(data: Path, files: int, **given: str) -> Run:
    """Start `usher run` in a process that may open this number of files."""
    port = free_port()
    words = ["sh", "-c", f'ulimit -n {files} && exec "$0" -m gateway run', sys.executable]
    data.mkdir()
    out, err = data / "stdout", data / "stderr"
    with out.open("wb") as stdout, err.open("wb") as stderr:
        process = subprocess.Popen(  # noqa: S603 - the tests' own arguments
            words,
            cwd=ROOT,
            env=environment({"USHER_DATA": str(data), "PORT": port} | given),
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
        )
    return Run(process, port, data, out, err)


async def test_connections_leave_files_for_the_database(tmp_path: Path, database: str) -> None:
    run = with_few_files(tmp_path / "data", 256, DATABASE_URL=database, USHER_HEADER_SECONDS="4")
    try:
        run.wait_healthy()
        outcomes = await hostile_clients.silent_connections(run.address, 400, sources=addresses(10))
        assert Counter(map(refused, outcomes))[True] > 0
        assert all(outcome.ended for outcome in outcomes)
        assert await status_of_health(run) == 200
        assert "Too many open files" not in run.err.read_text()
    finally:
        assert run.stop() == 0


def test_too_few_files_are_an_error_of_one_sentence(tmp_path: Path, database: str) -> None:
    run = with_few_files(tmp_path / "data", 100, DATABASE_URL=database)
    wait_for(lambda: run.process.poll() is not None)
    assert run.process.returncode == 1
    [line] = run.err.read_text().splitlines()
    assert line.startswith("usher: A process may open 100 files only, ")


async def test_a_stop_does_not_wait_for_clients_that_do_nothing(tmp_path: Path, database: str) -> None:
    with launched(tmp_path / "data", DATABASE_URL=database, **SMALL | {"USHER_HEADER_SECONDS": "3600"}) as run:
        run.wait_healthy()
        clients = [
            hostile_clients.slow_header(run.address),
            hostile_clients.slow_body(run.address),
            hostile_clients.deaf_client(run.address, INTROSPECTION, times=100),
            hostile_clients.silent_connections(run.address, 3),
        ]
        tasks = [asyncio.create_task(client) for client in clients]
        await asyncio.sleep(1)
        assert await asyncio.to_thread(run.stop) == 0
        await asyncio.gather(*tasks)
