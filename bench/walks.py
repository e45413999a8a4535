"""The page walk: one client reads pages one after the other by cursor. It is the same client for every contender."""

from typing import Any

from bench import views
from bench.client import Client
from bench.dataset import WalkedTeam
from bench.services import Service
from bench.views import Operation


def walk(service: Service, team: WalkedTeam, operation: Operation, members: int) -> tuple[float, list[Any]]:
    """Read this number of members of the team, or all of them if there are fewer.

    Return the seconds that the answers took, and the data of each page.
    """
    took, pages, read, after = 0.0, [], 0, None
    days = {"since": team.since, "until": team.until} if operation is views.MEMBERS else {}
    with Client(service.port, team.coordinator) as client:
        while read < members:
            body = operation.body(team=team.id, first=min(views.WALKED, members - read), after=after, **days)
            waited, data = client.timed(body)
            took += waited
            pages.append(data)
            page = data["team"]["members"]
            read += len(page["nodes"])
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                break
    return took, pages
