"""The actor of a request, as far as it is known before the database is asked, so that nobody takes others' turns."""

from collections.abc import Hashable, Iterable

from db.core.slots import ACTOR
from domain.credentials import Credential
from domain.places import place_of
from domain.subjects import Actor
from policies import facts

MAX_CREDENTIALS = 20_000


class KnownPeople:
    """Which person a credential belonged to when it was last used in this process.

    A person with many sessions or tokens is one actor. A credential that was not used before counts as the address it
    comes from: otherwise invalid ones would be many actors. It is never used to decide what somebody may do.
    """

    def __init__(self) -> None:
        """Start without any person."""
        self._people: dict[bytes, str] = {}

    def take_turn(self, credentials: Iterable[Credential], address: str) -> Hashable:
        """Let the running request wait for the database as its actor, and return the actor.

        Of several credentials, the first known one counts: another host of the domain can add cookies to a request.
        """
        known = (self._people.get(one.token_hash) for one in credentials)
        person = next((one for one in known if one is not None), None)
        actor: Hashable = ("place", place_of(address)) if person is None else person
        ACTOR.set(actor)
        return actor

    def note(self, credential: Credential | None, actor: Actor) -> None:
        """Note which person a credential turned out to belong to."""
        if credential is None or credential.token_hash in self._people:
            return
        person = facts.acts_for(actor)
        if person is None:
            return
        if len(self._people) >= MAX_CREDENTIALS:
            del self._people[next(iter(self._people))]
        self._people[credential.token_hash] = person
