"""The page walk: one client reads pages one after the other by cursor. It is the same client for every contender."""

from typing import Any

from bench import views
from bench.client import Client
from bench.dataset import BenchData
from bench.services import Service
from bench.views import Operation


def walk(service: Service, bench_data: BenchData, operation: Operation, members: int) -> tuple[float, list[Any]]:
    """Read this number of members of the large team, or all of them if there are fewer.

    Return the seconds that the answers took, and the data of each page.
    """
    took, pages, read, after = 0.0, [], 0, None
    variables = {"team": bench_data.large} | (
        {"since": bench_data.since, "until": bench_data.until} if operation is views.MEMBERS else {}
    )
    with Client(service.port, bench_data.large_coordinator) as client:
        while read < members:
            body = operation.body(first=min(views.WALKED, members - read), after=after, **variables)
            waited, data = client.timed(body)
            took += waited
            pages.append(data)
            page = data["team"]["members"]
            read += len(page["nodes"])
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                break
    return took, pages
