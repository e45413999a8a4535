"""The health check for a load balancer."""

from sqlalchemy import text
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from db.core.connection import DatabaseError
from db.core.database import Database, PoolTimeout
from db.core.statements import Statement

ALIVE = Statement("alive", int, text("select 1"))


async def endpoint(request: Request) -> Response:
    """Return 200 if this process reaches the database, else 503."""
    database: Database = request.app.state.database
    try:
        async with database.connection() as connection:
            await ALIVE.rows(connection)
    except (DatabaseError, OSError, PoolTimeout):
        return PlainTextResponse("the database cannot be reached\n", 503)
    return PlainTextResponse("ok\n")
