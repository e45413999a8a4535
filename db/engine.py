"""Connections: one pool a process; reads in one snapshot, changes in one transaction."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

POOL_SIZE = 16


def connect(url: str) -> AsyncEngine:
    """An engine for a `postgresql://` address. Nothing is opened before the first use."""
    return create_async_engine(
        url,
        pool_size=POOL_SIZE,
        max_overflow=0,
        hide_parameters=True,
        json_serializer=_dump,
        json_deserializer=orjson.loads,
        connect_args={
            "server_settings": {
                "application_name": "usher",
                "timezone": "UTC",
                # Nobody waits for ever: a stuck statement or lock ends as an error, and its transaction with it.
                "statement_timeout": "30s",
                "lock_timeout": "10s",
                "idle_in_transaction_session_timeout": "60s",
            }
        },
    )


@asynccontextmanager
async def snapshot(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A read-only connection on which every statement sees the same moment."""
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        yield connection


@asynccontextmanager
async def transaction(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A connection to change things on; what is not committed at the end is rolled back.

    READ COMMITTED whatever the server's default: a statement after a lock must see what it waited for.
    """
    async with engine.connect() as connection:
        yield await connection.execution_options(isolation_level="READ COMMITTED")


def _dump(value: Any) -> str:
    return orjson.dumps(value).decode()
