"""A running Usher called over HTTP, for the commands that work on one from outside."""

import json
import os
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from gateway.commands import Unusable

TOKEN = "USHER_TOKEN"  # noqa: S105 - the name of a variable, not a secret
SECONDS = 120


class _Staying(HTTPRedirectHandler):
    """Follows no redirect: the token is for the address it was given for."""

    def redirect_request(self, *_: Any) -> None:
        """Leave it an answer that is none of Usher's."""


OPENER = build_opener(_Staying)


def token(scopes: str) -> str:
    """The token that the command acts with. Raises Unusable when there is none; `scopes` says what it needs."""
    found = os.environ.get(TOKEN)
    if not found:
        raise Unusable(f"{TOKEN} must hold a session token or a partner token with {scopes}.")
    return found


def call(url: str, token: str, body: IO[bytes], length: int, media_type: str) -> Any:
    """The data in the answer to a GraphQL request. Raises Unusable with what is wrong, in a sentence."""
    if urlsplit(url).scheme not in {"http", "https"}:
        raise Unusable("--url must be an address such as https://usher.company.example.")
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": media_type,
        "Content-Length": str(length),
        "Usher-Require-Preflight": "1",
    }
    request = Request(f"{url.rstrip('/')}/graphql", body, headers)  # noqa: S310 - the scheme is looked at above
    answer = _answer(url, request)
    if "errors" in answer:
        raise Unusable("; ".join(dict.fromkeys(str(error["message"]) for error in answer["errors"])))
    return answer["data"]


def _answer(url: str, request: Request) -> Any:
    try:
        with OPENER.open(request, timeout=SECONDS) as response:
            return json.load(response)
    except HTTPError as error:
        # What was refused is told in the form of an answer, too.
        content = error.read()
        try:
            return json.loads(content)
        except ValueError:
            raise Unusable(f"{url} answered {error.code} {error.reason}: is it Usher?") from None
    except ValueError:
        raise Unusable(f"{url} does not answer in JSON: is it Usher?") from None
    except (URLError, OSError) as error:
        raise Unusable(f"{url} cannot be reached: {getattr(error, 'reason', error)}.") from None
