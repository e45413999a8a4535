"""Checks that all contenders give the same answers. Otherwise a comparison of their speed means nothing."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bench import views
from bench.client import Client
from bench.dataset import BenchData
from bench.services import USHER, USHERS, Service
from bench.walks import walk

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
OPAQUE = frozenset({"endCursor"})
"""Fields whose values only the contender that created them can read."""


VIEWER = "viewer"
NESTED = f"{views.PAGE} members"
COUNTS = "counts"
MEMBER_PAGE = f"{views.PAGE} on the member page"
ABILITIES = f"{views.PAGE} with viewerCan"
"""The names of the views that are measured under load."""

Request = tuple[str, bytes]
"""A session token, and the body of a request."""


class Different(Exception):
    """The answer of a contender differs from Usher's. The message says where."""


def read_requests(bench_data: BenchData, pages: tuple[int, ...]) -> dict[str, Request]:
    """Return the requests that read and that every contender can answer, by the name of the view.

    `pages` are the page sizes of the views of members.
    """
    requests = {VIEWER: (bench_data.viewer, views.VIEWER.body())}
    days = {"since": bench_data.since, "until": bench_data.until}
    for first in pages:
        body = views.MEMBERS.body(team=bench_data.team, first=first, **days)
        requests[f"{first} members"] = (bench_data.coordinator, body)
    requests[COUNTS] = (bench_data.coordinator, views.COUNTS.body(team=bench_data.team, first=views.COUNTED))
    for first in pages:
        body = views.MEMBER_PAGE.body(team=bench_data.grouped, first=first)
        requests[f"{first} on the member page"] = (bench_data.grouped_coordinator, body)
    return requests


def usher_requests(bench_data: BenchData) -> dict[str, Request]:
    """Return the requests that only Usher can answer, because they ask about its policy, by the name of the view."""
    body = views.ABILITIES.body(team=bench_data.grouped, first=views.PAGE)
    return {ABILITIES: (bench_data.grouped_coordinator, body)}


def same_answers(services: Mapping[str, Service], bench_data: BenchData, pages: tuple[int, ...]) -> None:
    """Send all reads to each contender, and walk all pages with each. Raises Different if two answers differ."""
    for name, (token, body) in read_requests(bench_data, pages).items():
        _compare(name, {one: _data(service, token, body) for one, service in services.items()})
    for name, (token, body) in usher_requests(bench_data).items():
        _compare(name, {one: _data(services[one], token, body) for one in USHERS if one in services})
    walks = {
        one: walk(service, bench_data.walked, views.WALK, bench_data.large_members)[1]
        for one, service in services.items()
    }
    _compare("walk", walks)


def _data(service: Service, token: str, body: bytes) -> Any:
    with Client(service.port, token) as client:
        return client.data(body)


def _compare(name: str, answers: Mapping[str, Any]) -> None:
    expected = normal(answers[USHER])
    for contender, answer in answers.items():
        place = difference(expected, normal(answer))
        if place is not None:
            raise Different(f"{name}: the answer of {contender} differs from Usher's at {place}")


def normal(value: Any) -> Any:
    """Return the value without differences that do not matter.

    These are cursors, the format of a time, and the last digits of a number.
    """
    if isinstance(value, dict):
        return {key: normal(inner) for key, inner in value.items() if key not in OPAQUE}
    if isinstance(value, list):
        return [normal(inner) for inner in value]
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, str) and TIME.fullmatch(value):
        return datetime.fromisoformat(value)
    return value


def difference(expected: Any, found: Any, at: str = "data") -> str | None:
    """Return the first place where two answers differ, with both values, or None if they are equal."""
    if isinstance(expected, dict) and isinstance(found, dict) and expected.keys() == found.keys():
        places = ((f"{at}.{key}", expected[key], found[key]) for key in expected)
    elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        places = ((f"{at}[{n}]", *pair) for n, pair in enumerate(zip(expected, found, strict=True)))
    else:
        return None if expected == found else f"{at}: {str(found)[:100]} instead of {str(expected)[:100]}"
    return next((text for place, one, other in places if (text := difference(one, other, place))), None)
