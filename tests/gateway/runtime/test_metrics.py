"""Metrics count the requests of all workers."""

import re
from pathlib import Path

import httpx
import pytest

from tests.conftest import Client
from tests.support.process import running

pytestmark = pytest.mark.slow


def sample(text: str, name: str) -> float:
    found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else 0.0


async def test_requests_and_documents_are_counted(client: Client) -> None:
    before = (await client.http.get("/metrics")).text
    for _ in range(3):
        await client("{ __typename } # counted")
    after = (await client.http.get("/metrics")).text
    for name, more in {
        'usher_requests_total{status="200"}': 3,
        "usher_request_seconds_count": 3,
        'usher_documents_total{known="no"}': 1,
        'usher_documents_total{known="yes"}': 2,
    }.items():
        assert sample(after, name) - sample(before, name) == more, name


def test_the_metrics_are_the_sum_over_all_workers(tmp_path: Path) -> None:
    with running(tmp_path, USHER_WORKERS="2") as run:
        for _ in range(20):
            httpx.post(f"{run.address}/graphql", json={"query": "{ __typename }"})
        text = httpx.get(f"{run.address}/metrics").text
        assert sample(text, 'usher_requests_total{status="200"}') == 20
