"""An HTTP client of a running Usher, for the commands that work from outside."""

import json
import os
import ssl
from types import TracebackType
from typing import IO, Any, Self
from urllib.request import getproxies, proxy_bypass

import httpx

from gateway.cli.failures import CommandFailed, printable

TOKEN = "USHER_TOKEN"  # noqa: S105 - the name of a variable, not a secret
SECONDS = 120
PATH = "/graphql"


def token(scopes: str) -> str:
    """Return the token for the command from USHER_TOKEN. `scopes` names what it needs. Raises CommandFailed."""
    found = os.environ.get(TOKEN, "").strip()
    if not found:
        raise CommandFailed(f"{TOKEN} must hold a session token or a partner token with {scopes}.")
    if not (found.isascii() and found.isprintable()):
        # A header cannot contain it, and the error of the HTTP client would show it.
        raise CommandFailed(f"{TOKEN} contains a character that no token has. Copy the token again.")
    return found


class Client:
    """Sends operations with one token. Use it as a context manager.

    It does not follow redirects, because the token is only for the given address.
    """

    def __init__(self, url: str, token: str) -> None:
        """Prepare the client; send nothing. Raises CommandFailed if `url` or the proxy cannot be used."""
        self._url = url
        address = _address(url)
        try:
            self._http = httpx.Client(
                base_url=address,
                headers={"Authorization": f"Bearer {token}", "Usher-Require-Preflight": "1"},
                timeout=SECONDS,
                # Use the certificates that the system trusts. The authority of a company is not in httpx's bundle.
                verify=ssl.create_default_context(),
                proxy=_proxy(address),
                trust_env=False,
            )
        except (httpx.InvalidURL, ImportError, ValueError):
            # The text of the error may quote the address, and so its password.
            message = "it must be an address such as http://proxy.company.example:3128."
            raise CommandFailed(f"The proxy that the environment names cannot be used: {message}") from None

    def __enter__(self) -> Self:
        """Return the client."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close the connection."""
        self._http.close()

    def ask(self, query: str, variables: dict[str, Any]) -> Any:
        """Send an operation and return the data of its answer. Raises CommandFailed with a sentence for the user."""
        content = json.dumps({"query": query, "variables": variables})
        return self._data(content=content, headers={"Content-Type": "application/json"})

    def upload(self, query: str, variables: dict[str, Any], file: IO[bytes]) -> Any:
        """Like `ask`, for an operation with a CSV file, which replaces the null at `input.file`."""
        form = {
            "operations": json.dumps({"query": query, "variables": variables}),
            "map": json.dumps({"file": ["variables.input.file"]}),
        }
        return self._data(data=form, files={"file": ("people.csv", file, "text/csv")})

    def _data(self, **body: Any) -> Any:
        try:
            response = self._http.post(PATH, **body)
        except httpx.HTTPError as error:
            raise CommandFailed(f"{self._url} cannot be reached: {printable(str(error)).rstrip('.')}.") from None
        try:
            # A refused request is answered in JSON, too.
            answer = response.json()
        except ValueError:
            if response.is_success:
                raise CommandFailed(f"{self._url} does not answer in JSON. Is it Usher?") from None
            answer = None
        if not isinstance(answer, dict) or answer.keys().isdisjoint({"data", "errors"}):
            status = f"{response.status_code} {printable(response.reason_phrase)}"
            raise CommandFailed(f"{self._url} answered {status}. Is it Usher?")
        if "errors" in answer:
            raise CommandFailed("; ".join(dict.fromkeys(printable(str(one["message"])) for one in answer["errors"])))
        return answer["data"]


def _address(url: str) -> httpx.URL:
    try:
        address = httpx.URL(url)
    except httpx.InvalidURL:
        address = httpx.URL()
    if address.scheme not in {"http", "https"} or not address.host:
        raise CommandFailed("--url must be an address such as https://usher.company.example.")
    if address.userinfo:
        # The HTTP client would send it instead of the token, and messages would show it.
        raise CommandFailed("--url must be an address without a user name and a password.")
    return address


def _proxy(address: httpx.URL) -> str | None:
    """Return the proxy for the address from the environment (http_proxy, https_proxy), unless no_proxy excludes it.

    httpx's own look-up would also use `all_proxy`, and fail if that names a SOCKS proxy.
    """
    if proxy_bypass(address.netloc.decode()):
        return None
    proxy = getproxies().get(address.scheme)
    return proxy if proxy is None or "://" in proxy else f"http://{proxy}"
