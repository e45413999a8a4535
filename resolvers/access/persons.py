"""The person who is signed in, for what only people do with their own account."""

from domain.problems import Unauthenticated
from domain.subjects import Actor, Person
from resolvers.core.context import SIGN_IN


def signed_in(actor: Actor) -> Person:
    """The person of a session. Raises Unauthenticated for everybody else."""
    if isinstance(actor, Person):
        return actor
    raise Unauthenticated(SIGN_IN)
