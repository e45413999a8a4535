"""The ids that a customer's own directory has for people: each is unique in a team, and belongs to a membership."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ARRAY, Text, bindparam, text

from db.core.connection import Connection
from db.core.statements import Statement


class Described(NamedTuple):
    """A person of a list: the e-mail address, and the external id that they are to have."""

    email: str
    external_id: str


class OfferedId(NamedTuple):
    """What became of an external id: its place in the list, from 1, and whether the member has it now and had none."""

    place: int
    user_id: str
    is_new: bool


class TakenId(NamedTuple):
    """An external id that the person of this place in the list, from 1, cannot have.

    `first` is the first place that has it if that is another person, else None: then another member has it.
    """

    place: int
    first: int | None


LISTS = [bindparam(name, type_=ARRAY(Text())) for name in ("emails", "external_ids")]
# The member who has the id may be the person of the list: then it is theirs already. Addresses are lowered by
# PostgreSQL, as in the unique index: Python's `lower` differs for some letters.
TAKEN = Statement(
    "taken_external_ids",
    TakenId,
    text("""
with named as (
    select cast(place as int) as place, lower(email) as email, external_id
    from unnest(:emails, :external_ids) with ordinality as w (email, external_id, place)
), firsts as (
    select distinct on (external_id) place, email, external_id from named order by external_id, place
)
select w.place, case when f.email <> w.email then f.place end as first
from named w
join firsts f on f.external_id = w.external_id
left join memberships m on m.team_id = :team_id and m.external_id = w.external_id
left join users u on u.id = m.user_id
where f.email <> w.email or lower(u.email) <> w.email
order by w.place
""").bindparams(*LISTS),
)
GIVE = Statement(
    "give_external_ids",
    OfferedId,
    text("""
with wanted as (
    select distinct on (u.id) cast(w.place as int) as place, u.id as user_id, w.external_id
    from unnest(:emails, :external_ids) with ordinality as w (email, external_id, place)
    join users u on lower(u.email) = lower(w.email)
    order by u.id, w.place
), given as (
    update memberships m set external_id = w.external_id from wanted w
    where m.team_id = :team_id and m.user_id = w.user_id and m.external_id is null
      and not exists (select from memberships o where o.team_id = :team_id and o.external_id = w.external_id)
    returning m.user_id
)
select w.place, w.user_id, w.user_id in (select user_id from given) as is_new
from wanted w
join memberships m on m.team_id = :team_id and m.user_id = w.user_id
where m.external_id is distinct from w.external_id
order by w.place
""").bindparams(*LISTS),
)


async def taken(connection: Connection, team_id: str, people: Sequence[Described]) -> list[TakenId]:
    """The ids that another member of the team, or an earlier person of the list, has."""
    return await TAKEN.rows(connection, team_id=team_id, **_lists(people))


async def give(connection: Connection, team_id: str, people: Sequence[Described]) -> list[OfferedId]:
    """Give their ids to those of these people who are in the team and have none; to repeated people, the first one.

    Returns the people in the team who had another id, or none, before. Call `given_products.lock_changes` and `taken`
    first, so that nobody else has one of the ids.
    """
    return await GIVE.rows(connection, team_id=team_id, **_lists(people))


def _lists(people: Sequence[Described]) -> dict[str, list[str]]:
    return {"emails": [one.email for one in people], "external_ids": [one.external_id for one in people]}
