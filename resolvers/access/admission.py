"""Which attempts may compute the hash of a password, and which of them come first.

An attempt is counted before the hash is computed, because the hash is what costs. Three limits apply:

- A place has a budget for all accounts together. It is filled up again steadily, so that people who share the place
  with an attacker are only slowed down. A right password costs nothing.
- An account has a limit for each place, and one for all places together. After some failures, each further one doubles
  the wait.
- A place or a device from which somebody signed in to the account before passes the limit for all places together. A
  device also passes the limits of the place, and has a small limit of its own. Once that is used up, the device is
  treated as a new one: so a thief of its cookie does not lock out the person.

An unknown e-mail address has the same limits as a known one, so that no limit reveals which accounts exist.
"""

import hashlib
from dataclasses import dataclass, field

from db.access import sign_in_failures, sign_in_places
from db.access.sign_in_failures import Budget
from db.core.connection import Connection
from db.people import users
from db.people.users import Credentials
from domain.places import place_of
from domain.problems import UserError, UserErrorCode
from resolvers.access.hash_queue import QUEUE, Full, Priority
from resolvers.core.context import Context

# Failed sign-ins after which a wait starts: for an account from one place, on one device, and from anywhere.
FREE_FROM_ONE_ADDRESS, FREE_ON_DEVICE, FREE_FROM_ANYWHERE = 5, 5, 50
# Failures from one place for all accounts together, and new accounts from there.
PLACE = Budget(60, 10.0)
# The last attempt of a place that is still quiet: a person may mistype a few times.
QUIET = 5
# The wait of a place with many failures if too many such attempts wait to be hashed.
NOISY_SECONDS = 5
# Attempts, right or wrong, in which an account comes first because the device or the place is known.
FIRST = Budget(30, 10.0)
# Attempts to use one link: that of an invitation, of a sign-up, or to set a new password.
LINK = Budget(10, 10.0)


@dataclass(frozen=True)
class Admitted:
    """An attempt that may compute a hash, with this priority, and the account that it is about.

    `subjects` and `place` are what it was counted for.
    """

    known: Credentials | None
    priority: Priority
    subjects: list[bytes] = field(default_factory=list)
    place: bytes | None = None

    async def forget(self, connection: Connection) -> None:
        """Take back what the attempt has spent, after a right password."""
        if self.place is not None:
            await sign_in_failures.give_back(connection, self.place, PLACE)
        await sign_in_failures.forget(connection, self.subjects)


@dataclass(frozen=True)
class Opening:
    """An attempt, from this place, that may hash the password of a new account or check that of a link."""

    place: str

    async def give_back(self, connection: Connection) -> None:
        """Take back what the place has spent, after the link was used."""
        await sign_in_failures.give_back(connection, _place_subject(self.place), PLACE)


async def admit(context: Context, email: str) -> Admitted | UserError:
    """Count an attempt to sign in. Returns the error if it has to wait; then it is not counted.

    Raises Full if too many hashes wait already.
    """
    place, device = place_of(context.address), context.device_cookies.read(context.device)
    if device is None and (wait := context.place_waits.seconds(place)):
        return _wait(wait)
    # An operation must not hold two connections: if all operations waited for a second one, none could continue.
    await context.close()
    async with context.database.transaction() as connection:
        # Many attempts of a place may have waited for the database when the first of them was refused.
        if device is None and (wait := context.place_waits.seconds(place)):
            return _wait(wait)
        # Not Python's lower(): it distinguishes spellings that belong to the same account in the database (i and İ).
        lower = await sign_in_failures.lower_email(connection, email)
        known = await users.credentials(connection, email)
        hash_ = known and known.password_hash
        if device and known and hash_ and context.device_cookies.knows(device, known.user.id, hash_, context.today):
            subject = _subject(f"device|{device.number.hex()}|{lower}")
            if not await sign_in_failures.count_attempt(connection, {subject: FREE_ON_DEVICE}):
                return await _first(connection, lower, known, [subject])
        return await _admit_from(context, connection, place, lower, known)


async def admit_new_account(context: Context, link_id: str | None = None) -> Opening | UserError:
    """Count the hash of the password of a new account. Returns the error if it has to wait; then it is not counted.

    It spends the budget of its place, as sign-ins do, and that of the link, if there is one. A link that is used costs
    the place nothing: so many people of one office can accept their invitations. The operation holds no connection
    afterwards, so that others can use it while the hash waits for its turn.
    """
    place = place_of(context.address)
    if wait := context.place_waits.seconds(place):
        return _wait_to_open(wait)
    await context.close()
    async with context.database.transaction() as connection:
        if wait := await _spend_place(context, connection, place):
            return _wait_to_open(wait)
        if link_id is not None:
            wait = (await sign_in_failures.spend(connection, _subject(f"link|{link_id}"), LINK)).wait
            if wait:
                return _wait_to_open(wait)
        try:
            QUEUE.require_room(Priority.NEW, place)
        except Full:
            return _wait_to_open(Full.SECONDS)
        await connection.commit()
    return Opening(place)


async def admit_mail(context: Context) -> str | UserError:
    """Count a request for a mail to any address. Returns the place, or the error if it has to wait.

    It spends the budget of its place, as the other attempts do that a place can make about many addresses.
    """
    place = place_of(context.address)
    if wait := context.place_waits.seconds(place):
        return _wait_to_open(wait)
    await context.close()
    async with context.database.transaction() as connection:
        if wait := await _spend_place(context, connection, place):
            return _wait_to_open(wait)
        await connection.commit()
    return place


async def _spend_place(context: Context, connection: Connection, place: str) -> int:
    """Spend one attempt of a place's budget. Returns the seconds to wait, or 0."""
    wait = (await sign_in_failures.spend(connection, _place_subject(place), PLACE)).wait
    if wait:
        context.place_waits.note(place, wait)
    return wait


@dataclass(frozen=True)
class CallbackAttempt:
    """An attempt to come back from an OpenID provider, from this place."""

    place: str

    async def give_back(self, connection: Connection) -> None:
        """Take back what the place has spent."""
        await sign_in_failures.give_back(connection, _callback_subject(self.place), PLACE)


async def admit_callback(context: Context) -> CallbackAttempt | UserError:
    """Count a person who comes back from an OpenID provider. Returns the error if they have to wait.

    The budget of a place is one of its own: neither wrong passwords nor made-up codes keep people from signing in in
    the other way. The operation holds no connection afterwards, while the provider is asked.
    """
    place = place_of(context.address)
    await context.close()
    async with context.database.transaction() as connection:
        if wait := (await sign_in_failures.spend(connection, _callback_subject(place), PLACE)).wait:
            return _wait_to_open(wait)
        await connection.commit()
    return CallbackAttempt(place)


async def _admit_from(
    context: Context, connection: Connection, place: str, lower: str, known: Credentials | None
) -> Admitted | UserError:
    """Count an attempt from a place, without a known device."""
    if wait := context.place_waits.seconds(place):
        return _wait(wait)
    is_known = await sign_in_places.is_known(connection, lower, place)
    subject = _place_subject(place)
    spent = await sign_in_failures.spend(connection, subject, PLACE)
    if spent.wait:
        context.place_waits.note(place, spent.wait)
        return _wait(spent.wait)
    limits = {_subject(f"{lower}|{place}"): FREE_FROM_ONE_ADDRESS}
    if not is_known:
        limits[_subject(lower)] = FREE_FROM_ANYWHERE
    wait = await sign_in_failures.count_attempt(connection, limits)
    if wait:
        return _wait(wait)
    if is_known:
        return await _first(connection, lower, known, list(limits), subject)
    priority = _priority(spent.attempts)
    try:
        QUEUE.require_room(priority)
    except Full:
        # In a flood, the database is not asked again for each of the attempts that follow.
        if priority is not Priority.NOISY:
            context.place_waits.note(place, Full.SECONDS)
            raise
        context.place_waits.note(place, NOISY_SECONDS)
        return _wait(NOISY_SECONDS)
    await connection.commit()
    return Admitted(known, priority, list(limits), subject)


def _priority(attempts: int) -> Priority:
    """The priority of an attempt from a place that has spent so many attempts of its budget, this one included."""
    if attempts <= 1:
        return Priority.FRESH
    return Priority.QUIET if attempts <= QUIET else Priority.NOISY


async def _first(
    connection: Connection, lower: str, known: Credentials | None, subjects: list[bytes], place: bytes | None = None
) -> Admitted:
    """Admit an attempt on a known device or from a known place, which comes first unless there were many of them."""
    spent = await sign_in_failures.spend(connection, _subject(f"first|{lower}"), FIRST)
    priority = Priority.NOISY if spent.wait else Priority.KNOWN
    QUEUE.require_room(priority)
    await connection.commit()
    return Admitted(known, priority, subjects, place)


def _subject(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _place_subject(place: str) -> bytes:
    return _subject(f"place|{place}")


def _callback_subject(place: str) -> bytes:
    return _subject(f"callback|{place}")


def _wait(seconds: int) -> UserError:
    message = (
        f"Too many failed sign-ins; try again in {seconds} s. If you cannot wait, sign in on a device or in a network "
        "where you have signed in before, or have your password reset."
    )
    return UserError(UserErrorCode.TOO_MANY_ATTEMPTS, message, retry_after=seconds)


def _wait_to_open(seconds: int) -> UserError:
    message = f"Too many attempts, perhaps by others in your network; try again in {seconds} s."
    return UserError(UserErrorCode.TOO_MANY_ATTEMPTS, message, retry_after=seconds)
