"""How many one-time codes may be tried. A code has six digits, and three codes are right at a time.

A sign-in allows five second steps, but somebody who knows the password can sign in again and again. So each account has
a budget of tries, too. It is spent before the code is checked, and a right code gets it back. Only tries after a right
first step are counted, so a stranger cannot spend the budget. If a thief of the password has spent it, the person gets
in on a device on which they signed in before, which has a budget of its own; with a recovery code, which is too long to
be guessed; or with a new password, which ends the sign-ins of the thief. A mail tells them.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from db.access import mail_pauses, sign_in_challenges, sign_in_failures
from db.access.sign_in_challenges import ChallengeRow
from db.access.sign_in_failures import Budget
from db.core.connection import Connection
from domain.actions import Action
from domain.mails import AccountEvent, MailPurpose
from domain.problems import UserError, UserErrorCode
from policies import facts
from resolvers.access.account_notices import notify
from resolvers.core.context import Context
from resolvers.core.mutation_types import MutationInput
from resolvers.core.mutations import Change

# Ten codes at once, and then one in ten minutes: at most 154 in a day, of a million.
CODES = Budget(10, timedelta(minutes=10).total_seconds())
# The second steps of a day that fail before the person is told.
QUIET = 3
INVALID = UserError(
    UserErrorCode.CHALLENGE_INVALID,
    "This sign-in is not complete, has expired, was used, or had too many wrong codes. Sign in again.",
    ["challenge"],
)


@dataclass(frozen=True)
class Tries:
    """A try that may be made, and what it was counted for; None if its code cannot be guessed."""

    subject: bytes | None

    async def give_back(self, connection: Connection) -> None:
        """Take back what the try has spent, after a right code."""
        if self.subject is not None:
            await sign_in_failures.give_back(connection, self.subject, CODES)


async def admit_set_up(context: Context, user_id: str) -> Tries | UserError:
    """Count a code that confirms an authenticator app. Returns the error if it has to wait; then it is not counted."""
    await context.close()
    async with context.database.transaction() as connection:
        spent = await _spend(connection, [_subject(f"set-up|{user_id}")])
        if isinstance(spent, Tries):
            await connection.commit()
        return spent


async def admit_second_step(context: Context, challenge: ChallengeRow, *, guessable: bool) -> Tries | UserError:
    """Count a second step. Returns the error if it has to wait, or if the challenge is not open any more.

    `guessable`: the step is a one-time code. If several steps have failed, it lets a mail tell the person.
    """
    await context.close()
    async with context.database.transaction() as connection:
        spent = await _spend(connection, _subjects(context, challenge)) if guessable else Tries(None)
        if isinstance(spent, UserError):
            return spent
        failed = await sign_in_challenges.take_try(connection, challenge.id)
        if failed is None:
            return INVALID
        if failed >= QUIET:
            await _warn(context, connection, challenge, failed)
        await connection.commit()
        return spent


def _subjects(context: Context, challenge: ChallengeRow) -> list[bytes]:
    """The subjects with a budget for this step: the device, if it is known for the account, and then the account."""
    device, subjects = context.device_cookies.read(context.device), [_subject(challenge.user_id)]
    hash_ = challenge.password_hash
    if device and hash_ and context.device_cookies.knows(device, challenge.user_id, hash_, context.today):
        return [_subject(f"{challenge.user_id}|{device.number.hex()}"), *subjects]
    return subjects


async def _spend(connection: Connection, subjects: list[bytes]) -> Tries | UserError:
    """Spend one try of the first subject that has one left."""
    wait = 1
    for subject in subjects:
        wait = (await sign_in_failures.spend(connection, subject, CODES)).wait
        if not wait:
            return Tries(subject)
    message = (
        f"Too many wrong codes; try again in {wait} s. If you cannot wait, use a recovery code, sign in on a device on "
        "which you have signed in before, or have your password reset."
    )
    return UserError(UserErrorCode.TOO_MANY_ATTEMPTS, message, ["code"], retry_after=wait)


async def _warn(context: Context, connection: Connection, challenge: ChallengeRow, failed: int) -> None:
    """Record that second steps failed, and tell the person; once in an hour."""
    if await mail_pauses.claim(connection, MailPurpose.SECOND_STEPS, challenge.email) is not None:
        return
    change = Change(context, connection, context.actor, Action.SESSIONS_CREATE, MutationInput())
    await change.decide(facts.GATEWAY)
    await change.record(None, challenge.user_id, {}, {"failedSecondSteps": failed}, by=challenge.user_id)
    await notify(change, challenge.user_id, AccountEvent.SECOND_STEPS_FAILED)


def _subject(text: str) -> bytes:
    return hashlib.sha256(f"second step|{text}".encode()).digest()
