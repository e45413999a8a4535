"""An authenticator in software, which makes passkeys and signs with them as devices do, or wrongly on purpose."""

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from db.core import ids
from db.tables.passkeys import Passkey
from domain.passkeys import Purpose
from gateway.runtime.relying_party import relying_party
from gateway.runtime.settings import Settings
from tests.support.second_factors import OPERATORS_SECRET
from tests.support.world import World

# The site of the gateway in the tests' process.
SITE = relying_party(Settings(), OPERATORS_SECRET)
ORIGIN = SITE.origins[0]
# The flags of authenticator data: the person was there, was verified; the key may be copied, was copied; a new key.
PRESENT, VERIFIED, COPYABLE, COPIED, NEW = 0x01, 0x04, 0x08, 0x10, 0x40


def encoded(content: bytes) -> str:
    """Return bytes as WebAuthn writes them in JSON."""
    return urlsafe_b64encode(content).decode().rstrip("=")


def decoded(text: str) -> bytes:
    """Return the bytes of such a text."""
    return urlsafe_b64decode(f"{text}==")


def options(purpose: Purpose, owner: str = "", *, user_id: str = "", age: timedelta = timedelta()) -> dict[str, Any]:
    """Options as the gateway makes them, with what a device reads of them. `age` is how long ago they were made."""
    challenge = SITE.challenges.issue(purpose, owner, datetime.now(UTC) - age)
    site = {"rp": {"id": SITE.domain}, "rpId": SITE.domain}
    return {"challenge": encoded(challenge), **site, "user": {"id": encoded((user_id or owner).encode())}}


@dataclass
class Device:
    """A device that holds one passkey. It counts its uses from 1, or says 0 if `counts` is false.

    The other fields are what it does wrongly: the page has another origin or is inside one of another site, the device
    signs for another domain, did not verify the person, or names another account.
    """

    counts: bool = True
    synced: bool = False
    verifies: bool = True
    origin: str = ORIGIN
    domain: str | None = None
    is_framed: bool = False
    handle: str | None = None
    count: int = 0
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @property
    def public_key(self) -> bytes:
        """The public key as COSE writes it (ES256)."""
        numbers = self.key.public_key().public_numbers()
        x, y = (number.to_bytes(32, "big") for number in (numbers.x, numbers.y))
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})

    def create(self, given: dict[str, Any]) -> dict[str, Any]:
        """Make the passkey, and return what `toJSON()` of the browser's credential returns."""
        self.handle = self.handle or decoded(given["user"]["id"]).decode()
        made = bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id + self.public_key
        content = self._data(given["rp"]["id"], NEW) + made
        attested = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": content})
        texts = {"clientDataJSON": self._client_data("webauthn.create", given), "attestationObject": encoded(attested)}
        return self._credential({**texts, "transports": ["internal", "hybrid", "of the future"]})

    def get(self, given: dict[str, Any]) -> dict[str, Any]:
        """Sign the challenge, and return what `toJSON()` of the browser's credential returns."""
        self.count += self.counts
        content, stated = self._data(given["rpId"]), self._client_data("webauthn.get", given)
        signed = content + hashlib.sha256(decoded(stated)).digest()
        signature = self.key.sign(signed, ec.ECDSA(SHA256()))
        texts = {"clientDataJSON": stated, "authenticatorData": encoded(content), "signature": encoded(signature)}
        return self._credential({**texts, "userHandle": self.handle and encoded(self.handle.encode())})

    def _data(self, domain: str, more: int = 0) -> bytes:
        flags = PRESENT | more | (VERIFIED if self.verifies else 0) | (COPYABLE | COPIED if self.synced else 0)
        site = hashlib.sha256((self.domain or domain).encode()).digest()
        return site + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client_data(self, kind: str, given: dict[str, Any]) -> str:
        stated = {"type": kind, "challenge": given["challenge"], "origin": self.origin, "crossOrigin": self.is_framed}
        return encoded(json.dumps(stated).encode())

    def _credential(self, response: dict[str, Any]) -> dict[str, Any]:
        id_ = encoded(self.credential_id)
        outer = {"id": id_, "rawId": id_, "type": "public-key", "authenticatorAttachment": "platform"}
        return {**outer, "clientExtensionResults": {}, "response": response}


async def device_of(world: World, user_id: str, **wrong: Any) -> Device:
    """A device with a passkey that this account has added. `wrong` is what it does wrongly from then on."""
    device = Device(**{"handle": user_id, **wrong})
    await add_row(world, user_id, device)
    return device


async def add_row(world: World, user_id: str, device: Device) -> str:
    """Insert the row of a device's passkey. Returns its id."""
    row = {"id": ids.new("passkey"), "user_id": user_id, "name": "Laptop", "device": "built_in"}
    key = {"credential_id": device.credential_id, "public_key": device.public_key, "sign_count": device.count}
    await world.insert(Passkey, {**row, **key, "transports": ["internal"]})
    return row["id"]
