"""Makes the context of a request, for the GraphQL endpoint and for the pages that change something themselves."""

import re
import secrets

from starlette.requests import Request

from db.core.database import Database
from domain.credentials import Credential
from domain.devices import DeviceCookies
from domain.openid_connect import ProviderSignIns
from domain.passkeys import RelyingParty
from domain.waits import Waits
from gateway.http.credentials import PERSON, device_cookie
from policies.engine.live import LivePolicy
from resolvers.core.context import Context
from resolvers.core.sealing import Seal
from resolvers.core.signed_links import SignedLinks

# The audit log stores the ids of commands (`run_…`) and jobs (`job_…`) in the same column. No client may choose one.
REQUEST_ID = re.compile(r"(?!(?i:run|job)_)[A-Za-z0-9._-]{1,64}")


class Contexts:
    """What the contexts of one process share."""

    def __init__(
        self,
        database: Database,
        live: LivePolicy,
        secret: str,
        links: str,
        site: RelyingParty,
        provider_sign_ins: ProviderSignIns | None = None,
    ) -> None:
        """Take what all contexts share. `secret` signs the cookies of devices and links, and encrypts secrets.

        `links` is the address below which Usher is reached.
        """
        self.database = database
        self._live = live
        self.provider_sign_ins = provider_sign_ins
        self._device_cookies = DeviceCookies(secret)
        self._seal = Seal(secret)
        self.links = SignedLinks(secret, links)
        self._relying_party = site
        self._place_waits = Waits()
        self._stored_policy_hashes: set[str] = set()

    def make(
        self, request: Request, request_id: str, credential: Credential | None = None, *, preflighted: bool = False
    ) -> Context:
        """Return the context of a request. Its `end` must be called."""
        return Context(
            database=self.database,
            policy=self._live.current(),
            credential=credential,
            request_id=request_id,
            address=address(request),
            preflighted=preflighted,
            stored_policy_hashes=self._stored_policy_hashes,
            device_cookies=self._device_cookies,
            provider_sign_ins=self.provider_sign_ins,
            place_waits=self._place_waits,
            seal=self._seal,
            links=self.links,
            relying_party=self._relying_party,
            device=device_cookie(request, self._device_cookies),
            person=request.headers.get(PERSON, ""),
            user_agent=request.headers.get("user-agent", ""),
        )


def address(request: Request) -> str:
    """Return the network address of the client; empty if the connection has none."""
    return request.client.host if request.client else ""


def request_id_of(request: Request) -> str:
    """Return the id that the client chose for its request, or a new one."""
    given = request.headers.get("x-request-id", "")
    return given if REQUEST_ID.fullmatch(given) else secrets.token_hex(16)
