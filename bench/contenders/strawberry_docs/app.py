"""Strawberry with SQLAlchemy's ORM and Strawberry's data loaders, used as their documentation shows."""

import hashlib
import os
from typing import Any

import strawberry
from sqlalchemy import func, select
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route
from strawberry.asgi import GraphQL

from bench.contenders.strawberry_docs.loaders import Loaders, Sessions
from bench.contenders.strawberry_docs.members import Team
from bench.contenders.strawberry_docs.types import Context, Info, User
from db.tables import access as access_tables
from db.tables import people as people_tables

POOL_SIZE = 16


@strawberry.type
class Query:
    """The root fields of the graph."""

    @strawberry.field
    async def viewer(self, info: Info) -> User:
        """The signed-in person."""
        async with info.context.sessions() as session:
            row = await session.get_one(people_tables.User, info.context.user_id)
        return User.from_row(row, "")

    @strawberry.field
    async def team(self, info: Info, id: strawberry.ID) -> Team:
        """A team in which the actor has a role."""
        if id not in info.context.roles:
            raise ValueError("There is no such team.")
        async with info.context.sessions() as session:
            row = await session.get_one(people_tables.Team, id)
        return Team(id=strawberry.ID(row.id), name=row.name)


class AuthenticatedGraphQL(GraphQL[Context, None]):
    """A view that identifies the signed-in person before it resolves an operation."""

    def __init__(self, schema: strawberry.Schema, sessions: Sessions) -> None:
        """Store the session maker with which requests read."""
        super().__init__(schema, graphql_ide=None)
        self.sessions = sessions

    async def get_context(self, request: Any, response: Any) -> Context:
        """Return the actor, found by the session token, with their roles."""
        token = _bearer(request)
        async with self.sessions() as session:
            user_id = await session.scalar(
                select(access_tables.Session.user_id).where(
                    access_tables.Session.token_hash == hashlib.sha256(token.encode()).digest(),
                    access_tables.Session.ended_at.is_(None),
                    access_tables.Session.expires_at > func.now(),
                )
            )
            if user_id is None:
                raise PermissionError("Sign in first.")
            rows = await session.scalars(
                select(people_tables.Membership).where(people_tables.Membership.user_id == user_id)
            )
            roles = {row.team_id: row.role for row in rows}
        return Context(user_id, roles, self.sessions, Loaders(self.sessions))


def create() -> Starlette:
    """Return the application of one worker process."""
    url = make_url(os.environ["DATABASE_URL"]).set(drivername="postgresql+asyncpg")
    engine = create_async_engine(url, pool_size=POOL_SIZE, max_overflow=0)
    graph = AuthenticatedGraphQL(strawberry.Schema(Query), async_sessionmaker(engine, expire_on_commit=False))
    return Starlette(routes=[Route("/graphql", graph)])


def _bearer(request: Request) -> str:
    return request.headers.get("authorization", "").removeprefix("Bearer ")
