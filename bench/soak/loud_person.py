"""A loud person: `python -m bench.soak.loud_person ADDRESS TEAM CONNECTIONS SECONDS`, the session token on its input.

It is a process of its own, so that its work does not delay the measurement of others. It prints its answers, counted.
"""

import asyncio
import json
import sys
import time
from collections import Counter

import httpx

from bench.soak.load import READ

QUIET = "{ viewer { id } }"
QUIET_PAUSE = 0.05


async def shout(address: str, team: str, token: str, connections: int, seconds: float) -> Counter[str]:
    """Send nested queries on this number of connections, each after the answer to the one before. Returns counts."""
    deadline, counts = time.monotonic() + seconds, Counter[str]()
    body = {"query": READ, "variables": {"team": team}}
    limits = httpx.Limits(max_connections=None)
    headers = {"authorization": f"Bearer {token}"}

    async with httpx.AsyncClient(base_url=address, headers=headers, timeout=60, limits=limits) as http:

        async def one() -> None:
            while time.monotonic() < deadline:
                try:
                    counts[str((await http.post("/graphql", json=body)).status_code)] += 1
                except httpx.TransportError as error:
                    counts[type(error).__name__] += 1
                    await asyncio.sleep(QUIET_PAUSE)

        await asyncio.gather(*(one() for _ in range(connections)))
    return counts


async def latencies(address: str, token: str, seconds: float) -> list[float]:
    """Send small queries of a quiet person, one after the other. Returns the seconds of each answer."""
    deadline, found = time.monotonic() + seconds, []
    headers = {"authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=address, headers=headers, timeout=60) as http:
        while (asked := time.monotonic()) < deadline:
            try:
                response = await http.post("/graphql", json={"query": QUIET})
            except httpx.TransportError:
                continue
            if response.status_code == httpx.codes.OK:
                found.append(time.monotonic() - asked)
            await asyncio.sleep(QUIET_PAUSE)
    return found


def main() -> None:
    """Shout, and print the counts of answers as JSON."""
    address, team, connections, seconds = sys.argv[1:]
    token = sys.stdin.readline().strip()
    counts = asyncio.run(shout(address, team, token, int(connections), float(seconds)))
    sys.stdout.write(json.dumps(counts))


if __name__ == "__main__":
    main()
