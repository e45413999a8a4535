"""Booking mails to many addresses: the delays keep the order of the list, and transactions do not deadlock."""

import hashlib
from datetime import timedelta

from db.access import mail_pauses
from db.core.connection import Connection
from db.core.database import Database
from domain.mails import MailPurpose
from tests.support.locks import waiting
from tests.support.world import counter

INVITATION = MailPurpose.INVITATION


def subject(email: str) -> bytes:
    """The key of an address."""
    return hashlib.sha256(f"{INVITATION.value} {email}".encode()).digest()


def addresses(number: int) -> list[str]:
    """New addresses, in the order of their keys."""
    return sorted((f"booked{next(counter)}@tests.example" for _ in range(number)), key=subject)


async def book(connection: Connection, *emails: str) -> list[timedelta]:
    """Book an invitation mail to each of these addresses."""
    return await mail_pauses.book(connection, INVITATION, emails)


async def test_delays_keep_the_order_in_which_the_addresses_were_given(usher_database: Database) -> None:
    emails = addresses(6)
    async with usher_database.transaction() as connection:
        for number, email in enumerate(emails):
            for _ in range(number):
                await book(connection, email)
        mixed = [4, 1, 5, 0, 3, 2]
        found = await book(connection, *(emails[number] for number in mixed))
    assert [round(delay / INVITATION.pause) for delay in found] == mixed


async def test_addresses_are_booked_in_the_order_of_their_keys(usher_database: Database) -> None:
    first, second = addresses(2)
    async with usher_database.transaction() as one, usher_database.transaction() as other:
        await book(one, first)
        async with waiting(one, book(other, second, first)) as work:
            # The other transaction waits for the first key, so it cannot have booked the second one.
            await book(one, second)
            await one.commit()
            assert [bool(delay) for delay in await work] == [True, True]
