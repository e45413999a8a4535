"""The rows that a fuzzed server works on: those of the demo company, and new ones for each mutation."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from db.demo import company as demo
from db.tables.access import PartnerToken
from db.tables.billing import Invoice, Order
from db.tables.catalogue import Product
from db.tables.contracts import Contract, ScheduledChange
from db.tables.groups import Group
from db.tables.invitations import Invitation
from db.tables.notices import Notice
from db.tables.people import Membership, Team, User
from db.tables.seats import Seat, SeatRequest, Subscription
from domain.actions import Scope
from domain.roles import Role
from tests.conftest import Client
from tests.fuzz.documents import Ids
from tests.support.examples.example import Scene
from tests.support.examples.registry import EXAMPLES
from tests.support.world import Account, World

ROLES = {
    "user": Role.USER,
    "coordinator": Role.SOFTWARE_COORDINATOR,
    "manager": Role.CONTRACT_MANAGER,
    # A partner acts with a token of a contract manager that has all scopes.
    "partner": Role.CONTRACT_MANAGER,
}
TEAM = "Lumen Works"
SEATS = 6
MOST_IDS = 50


@dataclass(frozen=True)
class Actor:
    """An actor with one of ROLES in a team: the id of the person, and the token that it sends."""

    role: str
    team: str
    account: Account
    secret: str


@dataclass(frozen=True)
class Company:
    """The demo company of a running server, and the means to make more rows in its database."""

    world: World
    client: Client
    team: str

    @classmethod
    async def find(cls, world: World, client: Client) -> "Company":
        """Find the demo company."""
        return cls(world, client, (await _ids(world, select(Team.id).where(Team.name == TEAM)))[0])

    async def actor(self, role: str) -> Actor:
        """An actor of the demo company who reads, with a new session or a new partner token."""
        [email] = [one.email for one in demo.SIGN_INS if one.role is ROLES[role]]
        [user] = await _ids(self.world, select(User.id).where(User.email == email))
        return await self._actor(role, self.team, Account(user, email, await self.world.session(user)))

    async def newcomer(self, role: str) -> Actor:
        """A new actor of the demo company, who may also leave it, or delete the account."""
        return await self._actor(role, self.team, await self.world.member(self.team, ROLES[role]))

    async def ids(self, actor: Actor) -> Ids:
        """Ids that the actor may read, and others of the company."""
        found = {
            "teamId": [self.team],
            "userId": await self._of(Membership.user_id, Membership.team_id),
            "member": await self._of(Membership.id, Membership.team_id),
            "groupId": await self._of(Group.id, Group.team_id),
            "seatId": await self._of(Seat.id, Seat.team_id),
            "requestId": await self._of(SeatRequest.id, SeatRequest.team_id),
            "invitationId": await self._of(Invitation.id, Invitation.team_id),
            "tokenId": await self._of(PartnerToken.id, PartnerToken.team_id),
            "contractId": await self._of(Contract.id, Contract.team_id),
            "subscriptionId": await self._of(Subscription.id, Subscription.team_id),
            "changeId": await self._of(ScheduledChange.id, ScheduledChange.team_id),
            "order": await self._of(Order.id, Order.team_id),
            "invoice": await self._of(Invoice.id, Invoice.team_id),
            "notice": await self._of(Notice.id, Notice.team_id),
            "productId": await _ids(self.world, select(Product.id)),
        }
        own = [self.team, actor.account.id, *found["productId"]]
        every = [id_ for ids in found.values() for id_ in ids]
        return found | {
            "fromUserId": found["userId"],
            "toUserId": found["userId"],
            "toTeamId": found["teamId"],
            "id": own if actor.role == "user" else every,
        }

    async def scene(self, role: str) -> tuple[Actor, Scene]:
        """A new team with available seats of a product, and a new actor with this role in it."""
        team = await self.world.team()
        await self.world.member(team, Role.CONTRACT_MANAGER)
        product = await self.world.pool(team, SEATS)
        actor = await self._actor(role, team, await self.world.member(team, ROLES[role]))
        return actor, Scene(self.client, self.world, team, product, actor.account)

    async def mutation(self, name: str, role: str) -> tuple[Actor, dict[str, Any]]:
        """A new actor, and arguments with which the mutation changes something."""
        actor, scene = await self.scene(role)
        # A plain user may edit only themselves.
        about = ["self"] if (name, role) == ("updateMember", "user") else []
        return actor, {"input": await EXAMPLES[name].make(scene, *about)}

    async def _actor(self, role: str, team: str, account: Account) -> Actor:
        secret = account.secret
        if role == "partner":
            _, secret = await self.world.token(team, account.id, *Scope)
        return Actor(role, team, account, secret)

    async def _of(self, column: Any, team: Any) -> list[str]:
        return await _ids(self.world, select(column).where(team == self.team).limit(MOST_IDS))


async def _ids(world: World, query: Any) -> list[str]:
    async with world.engine.connect() as connection:
        return list((await connection.execute(query)).scalars())
