"""A client of a running Usher, for the commands that work on one from outside."""

import json
import os
import ssl
from types import TracebackType
from typing import IO, Any, Self
from urllib.request import getproxies, proxy_bypass

import httpx

from gateway.cli.failures import Unusable

TOKEN = "USHER_TOKEN"  # noqa: S105 - the name of a variable, not a secret
SECONDS = 120
PATH = "/graphql"


def token(scopes: str) -> str:
    """The token that the command acts with. Raises Unusable when there is none; `scopes` says what it needs."""
    found = os.environ.get(TOKEN, "").strip()
    if not found:
        raise Unusable(f"{TOKEN} must hold a session token or a partner token with {scopes}.")
    if not (found.isascii() and found.isprintable()):
        # No header can carry it, and the error of the HTTP client would show it.
        raise Unusable(f"{TOKEN} holds a character that no token has; copy the token again.")
    return found


class Client:
    """Sends operations with one token; used as a context manager.

    It follows no redirect: the token is for the address it was given for.
    """

    def __init__(self, url: str, token: str) -> None:
        """Nothing is sent yet. Raises Unusable if `url` or the proxy of the environment cannot be used."""
        self._url = url
        address = _address(url)
        try:
            self._http = httpx.Client(
                base_url=address,
                headers={"Authorization": f"Bearer {token}", "Usher-Require-Preflight": "1"},
                timeout=SECONDS,
                # The certificates that the system trusts: a company's own authority is not in httpx's bundle.
                verify=ssl.create_default_context(),
                proxy=_proxy(address),
                trust_env=False,
            )
        except (httpx.InvalidURL, ImportError, ValueError) as error:
            raise Unusable(f"The proxy that the environment names cannot be used: {error}") from None

    def __enter__(self) -> Self:
        """The client itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close its connection."""
        self._http.close()

    def ask(self, query: str, variables: dict[str, Any]) -> Any:
        """The data in the answer to an operation. Raises Unusable with what is wrong, in a sentence."""
        content = json.dumps({"query": query, "variables": variables})
        return self._data(content=content, headers={"Content-Type": "application/json"})

    def upload(self, query: str, variables: dict[str, Any], file: IO[bytes]) -> Any:
        """The same for an operation with a CSV file, which takes the place of the null at `input.file`."""
        form = {
            "operations": json.dumps({"query": query, "variables": variables}),
            "map": json.dumps({"file": ["variables.input.file"]}),
        }
        return self._data(data=form, files={"file": ("people.csv", file, "text/csv")})

    def _data(self, **body: Any) -> Any:
        try:
            response = self._http.post(PATH, **body)
        except httpx.HTTPError as error:
            raise Unusable(f"{self._url} cannot be reached: {str(error).rstrip('.')}.") from None
        try:
            # What was refused is told in the form of an answer, too.
            answer = response.json()
        except ValueError:
            if response.is_success:
                raise Unusable(f"{self._url} does not answer in JSON: is it Usher?") from None
            answer = None
        if not isinstance(answer, dict) or answer.keys().isdisjoint({"data", "errors"}):
            raise Unusable(f"{self._url} answered {response.status_code} {response.reason_phrase}: is it Usher?")
        if "errors" in answer:
            raise Unusable("; ".join(dict.fromkeys(str(error["message"]) for error in answer["errors"])))
        return answer["data"]


def _address(url: str) -> httpx.URL:
    try:
        address = httpx.URL(url)
    except httpx.InvalidURL:
        address = httpx.URL()
    if address.scheme not in {"http", "https"} or not address.host:
        raise Unusable("--url must be an address such as https://usher.company.example.")
    return address


def _proxy(address: httpx.URL) -> str | None:
    """The proxy of the scheme in the environment (http_proxy, https_proxy), unless no_proxy excepts the host.

    httpx's own look-up would take `all_proxy` too, and fail if that names a SOCKS proxy.
    """
    if proxy_bypass(address.netloc.decode()):
        return None
    proxy = getproxies().get(address.scheme)
    return proxy if proxy is None or "://" in proxy else f"http://{proxy}"
