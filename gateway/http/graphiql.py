"""GraphiQL, shown to a person who opens the endpoint in a browser."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from strawberry.http.ides import get_graphql_ide_html


def page(request: Request) -> Response:
    """Return the page to a browser. Return 405 and an explanation to any other client."""
    if "text/html" not in request.headers.get("accept", ""):
        message = "Send GraphQL by POST. Open this address in a browser for GraphiQL.\n"
        return PlainTextResponse(message, 405, {"allow": "POST"})
    return HTMLResponse(get_graphql_ide_html("graphiql"))
