"""Pages read one after the other by cursor, by one client that is the same for every contender."""

from typing import Any

from bench import views
from bench.client import Client
from bench.dataset import Cast
from bench.services import Service
from bench.views import Operation


def walk(service: Service, cast: Cast, operation: Operation, members: int) -> tuple[float, list[Any]]:
    """Read so many members of the large team, or all it has: the seconds spent waiting, and the data of each page."""
    took, pages, read, after = 0.0, [], 0, None
    given = {"team": cast.large} | ({"since": cast.since, "until": cast.until} if operation is views.MEMBERS else {})
    with Client(service.port, cast.large_coordinator) as client:
        while read < members:
            body = operation.body(first=min(views.WALKED, members - read), after=after, **given)
            waited, data = client.timed(body)
            took += waited
            pages.append(data)
            page = data["team"]["members"]
            read += len(page["nodes"])
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                break
    return took, pages
