"""`usher shell`: its functions work on the real database and the real gateway."""

import asyncio
from typing import Any

from gateway.cli import shell
from gateway.runtime.settings import Settings
from tests.support.world import World


async def test_the_prompt_reads_rows_and_runs_operations(postgres: str, world: World) -> None:
    team = await world.team()
    someone = await world.member(team)

    def use() -> tuple[Any, Any, Any]:
        with shell.tools(Settings(), postgres) as tools:
            rows = tools["sql"](f"select id from teams where id = '{team}'")
            nobody = tools["graphql"]("{ viewer { id } }")
            answer = tools["graphql"](
                "query ($id: ID!) { team(id: $id) { id } viewer { id } }", someone.secret, id=team
            )
        return rows, nobody, answer

    rows, nobody, answer = await asyncio.to_thread(use)
    assert rows == [{"id": team}]
    assert nobody["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert answer["data"] == {"team": {"id": team}, "viewer": {"id": someone.id}}


async def test_a_statement_at_the_prompt_commits_nothing(postgres: str, world: World) -> None:
    team = await world.team()

    def use() -> Any:
        with shell.tools(Settings(), postgres) as tools:
            tools["sql"](f"delete from teams where id = '{team}'")
            return tools["sql"](f"select id from teams where id = '{team}'")

    assert await asyncio.to_thread(use) == [{"id": team}]
