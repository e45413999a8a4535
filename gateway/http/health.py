"""The health check for a load balancer."""

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response


async def endpoint(request: Request) -> Response:
    """Return 200 if this process reaches the database, else 503."""
    engine: AsyncEngine = request.app.state.engine
    try:
        async with engine.connect() as connection:
            await connection.execute(text("select 1"))
    except (DBAPIError, OSError, PoolTimeout):
        return PlainTextResponse("the database cannot be reached\n", 503)
    return PlainTextResponse("ok\n")
