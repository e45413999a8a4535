"""Give and take the role of the vendor's staff."""

from typing import NamedTuple

from sqlalchemy import text

from db.core.connection import Connection
from db.core.statements import Statement


class VendorAccount(NamedTuple):
    """An account whose role should change.

    `opened` says whether the account has a password and a verified address. `changed` says whether the role was given
    or taken now.
    """

    user_id: str
    opened: bool
    changed: bool


# Anybody can sign up with the address of another person. So the role needs an account whose address is verified.
GRANT = Statement(
    "grant_vendor",
    VendorAccount,
    text("""
with account as (
    select id, password_hash is not null and email_verified_at is not null as opened
    from users where lower(email) = lower(:email)
), granted as (
    insert into vendors (user_id) select id from account where opened
    on conflict do nothing
    returning user_id
)
select account.id as user_id, account.opened, exists (select from granted) as changed from account
"""),
)

REVOKE = Statement(
    "revoke_vendor",
    VendorAccount,
    text("""
with account as (
    select id, password_hash is not null and email_verified_at is not null as opened
    from users where lower(email) = lower(:email)
), revoked as (
    delete from vendors where user_id in (select id from account)
    returning user_id
)
select account.id as user_id, account.opened, exists (select from revoked) as changed from account
"""),
)


async def grant(connection: Connection, email: str) -> VendorAccount | None:
    """Give the role to the account with this e-mail address, if its owner has verified it; None if there is none."""
    return await GRANT.row(connection, email=email)


async def revoke(connection: Connection, email: str) -> VendorAccount | None:
    """Take the role from the account with this e-mail address; None if there is no account."""
    return await REVOKE.row(connection, email=email)
