"""The places from which somebody signed in to an account. There, failures elsewhere cause no wait."""

from sqlalchemy import text

from db.core.connection import Connection
from db.core.statements import Statement

# The password hash has a random salt, so nobody can find out the place by trying all network addresses.
HASHED = "sha256(convert_to(concat_ws('|', u.id, u.password_hash, cast(:place as text)), 'UTF8'))"


KNOWN = Statement(
    "known_place",
    bool,
    text(f"""
select exists (
    select from users u join sign_in_places p on p.user_id = u.id
    where lower(u.email) = lower(:email) and p.place = {HASHED} and p.last_at > now() - interval '180 days'
)
"""),  # noqa: S608 - a constant
)

# The rows of others are not waited for: two sign-ins to one account could each delete the row that the other has.
REMEMBER = Statement(
    "remember_place",
    str,
    text(f"""
with account as (
    select u.id, {HASHED} as place from users u where u.id = :user_id and u.password_hash = :password_hash
), remembered as (
    insert into sign_in_places (user_id, place, last_at) select id, place, now() from account
    on conflict (user_id, place) do update set last_at = excluded.last_at
), forgotten as (
    delete from sign_in_places where (user_id, place) in (
        select p.user_id, p.place from sign_in_places p join account a on a.id = p.user_id and a.place <> p.place
        order by p.last_at desc, p.place offset 9 for update of p skip locked
    )
)
select id from account
"""),  # noqa: S608 - a constant
)


async def is_known(connection: Connection, email: str, place: str) -> bool:
    """Whether somebody signed in from this place to the account with this e-mail address, with its present password.

    A place is forgotten after 180 days without a sign-in, and if there were sign-ins from ten other places since.
    """
    [known] = await KNOWN.rows(connection, email=email, place=place)
    return known


async def remember(connection: Connection, user_id: str, password_hash: str, place: str) -> bool:
    """Remember the place of a sign-in to an account. Returns False if the account has another password hash by now."""
    return await REMEMBER.row(connection, user_id=user_id, password_hash=password_hash, place=place) is not None
