"""The answer to addresses that lead nowhere: the way to the one without the last slash, or that there is nothing."""

from collections.abc import Awaitable, Callable
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Match

from gateway.http import console
from gateway.http.negotiation import accept, prefers_page
from gateway.http.pages import NOT_STORED


def handler(page: str | None) -> Callable[[Request, Exception], Awaitable[Response]]:
    """Return the answer: for a person this page of the console, which says so, else a text."""

    async def answer(request: Request, problem: Exception) -> Response:
        if (meant := _without_slash(request)) is not None:
            return RedirectResponse(meant, 307, NOT_STORED)
        if page is not None and request.method in {"GET", "HEAD"} and prefers_page(accept(request)):
            return HTMLResponse(page, 404, console.PAGE_HEADERS | {"vary": "accept"})
        of_problem = problem.headers if isinstance(problem, HTTPException) else None
        return PlainTextResponse("Not Found", 404, {**NOT_STORED, **(of_problem or {})})

    return answer


def _without_slash(request: Request) -> str | None:
    """Return the address without slashes at its end, if something is there.

    Starlette would name the host, too, as Usher sees it. Behind a proxy, it may have another name, or another scheme.
    """
    path = request.scope["path"].rstrip("/")
    if not path or path == request.scope["path"]:
        return None
    meant = {**request.scope, "path": path}
    if all(route.matches(meant)[0] is Match.NONE for route in request.app.routes):
        return None
    query = request.scope["query_string"].decode("latin-1")
    return quote(path) + (f"?{query}" if query else "")
