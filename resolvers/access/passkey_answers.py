"""What Usher asks browsers for (options), and what they answer (WebAuthn). The library webauthn checks the answers.

It is loaded when it is first needed: with what it uses, it takes 13 MiB of each worker.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from db.access.passkeys import Descriptor, NewPasskey, PasskeyKey
from db.core import ids
from db.people.users import UserRow
from domain.passkeys import LIFETIME, PasskeyDevice, Purpose, RelyingParty
from domain.problems import BadInput, UserError, UserErrorCode
from domain.text import full_name

if TYPE_CHECKING:
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

SITE = "Usher"
Answer = dict[str, Any]
"""The parts of a browser's answer that are read, as JSON."""
MAX_CHARACTERS = 16_384
"""The longest answer of a browser: the characters of all its texts. Those of devices in use have less than half."""
CREDENTIAL_LENGTHS = range(1, 1024)
TIMEOUT = int(LIFETIME.total_seconds() * 1000)
TRANSPORTS = ("usb", "nfc", "ble", "smart-card", "internal", "cable", "hybrid")
"""How a device may be reached (WebAuthn 5.8.4). Usher gives back to the browser what it said when it made a passkey."""
# The parts of an answer that are read. Browsers add others, such as the public key in another form.
TEXTS = ("id", "rawId", "type")
RESPONSE_TEXTS = ("clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle")
FORM = "`answer` must be the JSON object that `toJSON()` of the browser's credential returns, such as {id, rawId, …}."
STALE = "The options have expired, were used, or are for something else. Ask for new ones, and try again."
ELSEWHERE = "The passkeys of this site cannot be used on this page. The operator sets its address in USHER_PUBLIC_URL."
WRONG = "This is no valid answer of a passkey of this site. Ask for new options, and try again."
UNKNOWN = "No account has this passkey. It may have been removed."


class PasskeyRefused(Exception):
    """The answer of a browser is not accepted. `error` says why."""

    def __init__(
        self, message: str, code: UserErrorCode = UserErrorCode.PASSKEY_REFUSED, wait: int | None = None
    ) -> None:
        super().__init__(message)
        self.error = UserError(code, message, retry_after=wait)


class Claim(NamedTuple):
    """What the answer of a browser says about itself, before the public key is known.

    Only the challenge was checked. `user_id` is the account that the passkey names; None if it names none.
    """

    answer: Answer
    challenge: bytes
    credential_id: bytes
    user_id: str | None


def read(answer: object) -> Answer:
    """The parts of a browser's answer that Usher reads. Raises BadInput if it has another form, or is too long."""
    response = answer.get("response") if isinstance(answer, dict) else None
    if not isinstance(answer, dict) or not isinstance(response, dict):
        raise BadInput(FORM)
    outer, inner = _texts(answer, TEXTS), _texts(response, RESPONSE_TEXTS)
    if sum(map(len, (*outer.values(), *inner.values()))) > MAX_CHARACTERS:
        raise BadInput(f"`answer` must have at most {MAX_CHARACTERS} characters.")
    named = response.get("transports")
    transports = [one for one in TRANSPORTS if isinstance(named, list) and one in named]
    return {**outer, "response": {**inner, "transports": transports}}


def options_to_add(party: RelyingParty, account: UserRow, known: Iterable[Descriptor]) -> dict[str, Any]:
    """What `navigator.credentials.create` needs to make a passkey of this account, which has the `known` ones."""
    from webauthn import generate_registration_options  # noqa: PLC0415
    from webauthn.helpers import options_to_json_dict, structs  # noqa: PLC0415

    options = generate_registration_options(
        rp_id=party.domain,
        rp_name=SITE,
        user_id=account.id.encode(),
        user_name=account.email,
        user_display_name=full_name(account.first_name, account.last_name),
        challenge=party.challenges.issue(Purpose.ADD, account.id, datetime.now(UTC)),
        timeout=TIMEOUT,
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=_descriptors(known),
    )
    return options_to_json_dict(options)


def options_to_use(
    party: RelyingParty, purpose: Purpose, owner: str, known: Iterable[Descriptor] = ()
) -> dict[str, Any]:
    """What `navigator.credentials.get` needs to use a passkey: one of the `known` ones, or any of this site."""
    from webauthn import generate_authentication_options  # noqa: PLC0415
    from webauthn.helpers import options_to_json_dict, structs  # noqa: PLC0415

    options = generate_authentication_options(
        rp_id=party.domain,
        challenge=party.challenges.issue(purpose, owner, datetime.now(UTC)),
        timeout=TIMEOUT,
        allow_credentials=_descriptors(known),
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )
    return options_to_json_dict(options)


def new_passkey(party: RelyingParty, answer: Answer, user_id: str, name: str) -> tuple[NewPasskey, bytes]:
    """The passkey that a browser has made for an account, and the challenge to use. Raises PasskeyRefused."""
    from webauthn import verify_registration_response  # noqa: PLC0415
    from webauthn.helpers.structs import CredentialDeviceType  # noqa: PLC0415

    challenge = _challenge(party, answer, Purpose.ADD, user_id)
    with _refusing():
        made = verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=party.domain,
            expected_origin=list(party.origins),
            require_user_verification=True,
        )
    if len(made.credential_id) not in CREDENTIAL_LENGTHS:
        raise PasskeyRefused(WRONG)
    transports: list[str] = answer["response"]["transports"]
    device = PasskeyDevice.of(
        synced=made.credential_device_type is CredentialDeviceType.MULTI_DEVICE, transports=transports
    )
    key = (made.credential_id, made.credential_public_key, made.sign_count)
    return NewPasskey(ids.new("passkey"), user_id, name, device, *key, transports), challenge


def claim(party: RelyingParty, answer: Answer, purpose: Purpose, owner: str) -> Claim:
    """What an answer says about itself, if its challenge was made for this purpose and owner. Raises PasskeyRefused."""
    from webauthn.helpers import base64url_to_bytes  # noqa: PLC0415

    challenge = _challenge(party, answer, purpose, owner)
    with _refusing():
        handle = answer["response"].get("userHandle")
        user_id = None if handle is None else base64url_to_bytes(handle).decode()
        return Claim(answer, challenge, base64url_to_bytes(answer["rawId"]), user_id)


def verified_count(party: RelyingParty, claim: Claim, key: PasskeyKey) -> int:
    """How often the device says that the passkey was used, if the answer is signed with this key.

    The caller compares it with the stored count. Raises PasskeyRefused.
    """
    from webauthn import verify_authentication_response  # noqa: PLC0415

    if claim.user_id is not None and claim.user_id != key.user.id:
        raise PasskeyRefused(WRONG)
    with _refusing():
        return verify_authentication_response(
            credential=claim.answer,
            expected_challenge=claim.challenge,
            expected_rp_id=party.domain,
            expected_origin=list(party.origins),
            credential_public_key=key.public_key,
            credential_current_sign_count=0,
            require_user_verification=True,
        ).new_sign_count


def _challenge(party: RelyingParty, answer: Answer, purpose: Purpose, owner: str) -> bytes:
    """The challenge that an answer is for. Raises PasskeyRefused for any other page or challenge than expected."""
    from webauthn.helpers import base64url_to_bytes, parse_client_data_json  # noqa: PLC0415

    with _refusing():
        stated = parse_client_data_json(base64url_to_bytes(answer["response"]["clientDataJSON"]))
        is_valid = party.challenges.is_valid(stated.challenge, purpose, owner, datetime.now(UTC))
        # A page of another site can show one of this site inside itself, and make the person confirm something else.
        is_here = stated.origin in party.origins and not stated.cross_origin
    if not is_here:
        raise PasskeyRefused(ELSEWHERE)
    if not is_valid:
        raise PasskeyRefused(STALE)
    return stated.challenge


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except Exception as error:  # malformed bytes make the library raise errors of many kinds
        raise PasskeyRefused(WRONG) from error


def _texts(given: dict[Any, Any], names: Sequence[str]) -> dict[str, str]:
    found = {name: given[name] for name in names if given.get(name) is not None}
    if not all(isinstance(value, str) for value in found.values()):
        raise BadInput(FORM)
    return found


def _descriptors(known: Iterable[Descriptor]) -> "list[PublicKeyCredentialDescriptor]":
    from webauthn.helpers import structs  # noqa: PLC0415

    return [
        structs.PublicKeyCredentialDescriptor(
            id=one.credential_id,
            transports=[structs.AuthenticatorTransport(name) for name in one.transports if name in TRANSPORTS],
        )
        for one in known
    ]
