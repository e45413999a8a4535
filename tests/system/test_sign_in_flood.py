"""During a flood of wrong passwords, people who know theirs get in. Asserts what was answered, and no times."""

from pathlib import Path

import httpx
import pytest
from sqlalchemy.engine import URL

from tests.support.mutations import operation
from tests.support.process import running
from tests.support.sign_in_flood import DEVICE, NEW, PLACE, Person, flood
from tests.support.world import world_of

pytestmark = pytest.mark.slow


async def test_people_get_in_during_a_flood(tmp_path: Path) -> None:
    people = [Person(f"person{number}@flood.example", "correct horse") for number in range(4)]
    with running(tmp_path, FORWARDED_ALLOW_IPS="127.0.0.1", USHER_WORKERS="2") as run:
        host = str((run.data / "postgres" / "run").resolve())
        url = URL.create("postgresql", "usher", database="usher", query={"host": host}).render_as_string()
        async with world_of(url) as world, httpx.AsyncClient(base_url=run.address, timeout=60) as http:
            for number, person in enumerate(people):
                link = await world.sign_up(person.email, person.password)
                given = {"token": link, "password": person.password}
                body = {"query": operation("verifyEmail"), "variables": {"input": given}}
                answer = await http.post("/graphql", json=body, headers={"x-forwarded-for": f"172.16.0.{number}"})
                assert answer.json()["data"]["verifyEmail"]["errors"] == []
        report = await flood(run.address, people, seconds=6, rate=200, addresses=5, accounts=8, right_rate=3)
    assert report.wrong.total() == 1200
    assert report.wrong.keys() <= {"INVALID_CREDENTIALS", "TOO_MANY_ATTEMPTS", "UNAVAILABLE"}
    # Five places have 60 attempts at once, and one more every 10 seconds.
    assert report.wrong["INVALID_CREDENTIALS"] <= 5 * (60 + report.seconds / 10 + 1)
    assert report.wrong["TOO_MANY_ATTEMPTS"] > 500
    assert {kind: dict(seen) for kind, seen in report.right.items()} == {one: {"OK": 6} for one in (DEVICE, PLACE, NEW)}
