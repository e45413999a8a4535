"""All contenders must give the same answer, or a comparison of their speed means nothing."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bench import views
from bench.client import Client
from bench.dataset import Cast
from bench.services import USHER, Service
from bench.walks import walk

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
OPAQUE = frozenset({"endCursor"})
"""What only its own maker can read."""


class Different(Exception):
    """A contender answers something else than Usher; the message says where."""


def asked(cast: Cast, pages: tuple[int, ...]) -> dict[str, tuple[str, bytes]]:
    """What is compared: token and body by name."""
    found = {"viewer": (cast.viewer, views.VIEWER.body())}
    days = {"since": cast.since, "until": cast.until}
    for first in pages:
        body = views.MEMBERS.body(team=cast.team, first=first, **days)
        found[f"{first} members"] = (cast.coordinator, body)
    found["counts"] = (cast.coordinator, views.COUNTS.body(team=cast.team, first=views.COUNTED))
    return found


def same_answers(services: Mapping[str, Service], cast: Cast, pages: tuple[int, ...]) -> None:
    """Ask each contender everything, and walk all pages with each. Raises Different."""
    for name, (token, body) in asked(cast, pages).items():
        _compare(name, {one: _data(service, token, body) for one, service in services.items()})
    walks = {one: walk(service, cast, views.WALK, cast.large_members)[1] for one, service in services.items()}
    _compare("walk", walks)


def _data(service: Service, token: str, body: bytes) -> Any:
    with Client(service.port, token) as client:
        return client.data(body)


def _compare(name: str, answers: Mapping[str, Any]) -> None:
    expected = normal(answers[USHER])
    for contender, answer in answers.items():
        where = difference(expected, normal(answer))
        if where is not None:
            raise Different(f"{name}: {contender} answers something else than Usher at {where}")


def normal(value: Any) -> Any:
    """Without what a contender may write in its own way: cursors, the form of a time, the last digits of a number."""
    if isinstance(value, dict):
        return {key: normal(inner) for key, inner in value.items() if key not in OPAQUE}
    if isinstance(value, list):
        return [normal(inner) for inner in value]
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, str) and MOMENT.fullmatch(value):
        return datetime.fromisoformat(value)
    return value


def difference(expected: Any, found: Any, at: str = "data") -> str | None:
    """The first place where two answers differ, with both values; None when they do not."""
    if isinstance(expected, dict) and isinstance(found, dict) and expected.keys() == found.keys():
        places = ((f"{at}.{key}", expected[key], found[key]) for key in expected)
    elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        places = ((f"{at}[{n}]", *pair) for n, pair in enumerate(zip(expected, found, strict=True)))
    else:
        return None if expected == found else f"{at}: {str(found)[:100]} instead of {str(expected)[:100]}"
    return next((told for place, one, other in places if (told := difference(one, other, place))), None)
