"""Use a passkey, once for each answer: in place of the password, or as the second step after it."""

from typing import NamedTuple

from db.access import passkeys
from db.access.passkeys import PasskeyKey
from db.core.connection import Connection
from domain.passkeys import Purpose, challenge_hash
from domain.problems import UserErrorCode
from resolvers.access import passkey_answers
from resolvers.access.passkey_answers import STALE, UNKNOWN, WRONG, Answer, Claim, PasskeyRefused
from resolvers.core.context import Context
from resolvers.core.mutations import Change

COPIED = (
    "The device counts fewer uses of this passkey than before, so somebody may have copied it. Sign in in another way, "
    "and remove it."
)
RESET = (
    "Your password was reset. Sign in once with the new password, and use this passkey as the second step. Then it "
    "stands for the password again."
)


class Verified(NamedTuple):
    """An answer that is signed with the key of a passkey; `uses` is how often its device says that it was used."""

    claim: Claim
    key: PasskeyKey
    uses: int


async def verify_alone(context: Context, connection: Connection, claim: Claim) -> Verified:
    """Find the passkey that stands for the password, and check the answer with its key. Raises PasskeyRefused."""
    key = await passkeys.by_credential(connection, claim.credential_id)
    if key is None:
        raise PasskeyRefused(UNKNOWN, UserErrorCode.PASSKEY_UNKNOWN)
    if not claim.user_id:
        raise PasskeyRefused(WRONG)
    uses = passkey_answers.verified_count(context.relying_party, claim, key)
    _require_alone(key)
    return Verified(claim, key, uses)


async def use_alone(change: Change, verified: Verified) -> None:
    """Use a passkey in place of the password. Call it when the account is locked. Raises PasskeyRefused.

    After the error, the transaction must be rolled back.
    """
    await use_challenge(change.connection, verified.claim.challenge)
    if not await passkeys.use(change.connection, verified.key.id, verified.uses, second_step=False):
        left = await passkeys.by_credential(change.connection, verified.claim.credential_id)
        _require_alone(left or verified.key)
        raise PasskeyRefused(COPIED)


async def use_second_step(change: Change, user_id: str, challenge_id: str, answer: Answer) -> str:
    """Use a passkey of this account as the second step of its open sign-in. Returns the id of the passkey.

    Raises PasskeyRefused. After that, the transaction must be rolled back.
    """
    claim = passkey_answers.claim(change.context.relying_party, answer, Purpose.SECOND_STEP, challenge_id)
    key = await passkeys.by_credential(change.connection, claim.credential_id)
    if key is None or key.user.id != user_id:
        raise PasskeyRefused(WRONG)
    uses = passkey_answers.verified_count(change.context.relying_party, claim, key)
    await use_challenge(change.connection, claim.challenge)
    if not await passkeys.use(change.connection, key.id, uses, second_step=True):
        raise PasskeyRefused(COPIED)
    return key.id


async def use_challenge(connection: Connection, challenge: bytes) -> None:
    """Use a challenge that an answer is for. Raises PasskeyRefused if it was used before."""
    if not await passkeys.use_challenge(connection, challenge_hash(challenge)):
        raise PasskeyRefused(STALE)


def _require_alone(key: PasskeyKey) -> None:
    if not key.alone:
        raise PasskeyRefused(RESET, UserErrorCode.PASSWORD_FIRST)
