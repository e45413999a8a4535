"""Every forward reference between types: type files name each other here, and never import each other."""

from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from db.access.partner_tokens import TokenRow
from db.groups.groups import GroupRow
from db.invitations.invitations import InvitationRow
from db.people.members import MemberRow
from db.people.teams import TeamRow
from db.people.users import UserRow
from db.seats.seats import SeatRow
from db.seats.waiting_list import WaitRow
from domain.problems import UserError as UserErrorRow
from resolvers.invitations.imports import ImportProblem as ImportProblemRow
from schema.paging import Connection

if TYPE_CHECKING:
    from schema.abilities import Ability
    from schema.audit import AuditEvent, SeatPeriod
    from schema.errors import UserError
    from schema.groups import Group
    from schema.imports import ImportProblem
    from schema.invitations import Invitation
    from schema.members import Member
    from schema.products import Pool, Product
    from schema.requests import SeatRequest
    from schema.seats import Seat
    from schema.teams import Team
    from schema.tokens import PartnerToken
    from schema.usage import Usage
    from schema.users import User
    from schema.waits import Wait

AbilityRef = Annotated["Ability", strawberry.lazy("schema.abilities")]
UserRef = Annotated["User", strawberry.lazy("schema.users")]
TeamRef = Annotated["Team", strawberry.lazy("schema.teams")]
MemberRef = Annotated["Member", strawberry.lazy("schema.members")]
InvitationRef = Annotated["Invitation", strawberry.lazy("schema.invitations")]
GroupRef = Annotated["Group", strawberry.lazy("schema.groups")]
ProductRef = Annotated["Product", strawberry.lazy("schema.products")]
PoolRef = Annotated["Pool", strawberry.lazy("schema.products")]
SeatRef = Annotated["Seat", strawberry.lazy("schema.seats")]
RequestRef = Annotated["SeatRequest", strawberry.lazy("schema.requests")]
UsageRef = Annotated["Usage", strawberry.lazy("schema.usage")]
TokenRef = Annotated["PartnerToken", strawberry.lazy("schema.tokens")]
AuditEventRef = Annotated["AuditEvent", strawberry.lazy("schema.audit")]
SeatPeriodRef = Annotated["SeatPeriod", strawberry.lazy("schema.audit")]
WaitRef = Annotated["Wait", strawberry.lazy("schema.waits")]
ImportProblemRef = Annotated["ImportProblem", strawberry.lazy("schema.imports")]
UserErrorRef = Annotated["UserError", strawberry.lazy("schema.errors")]

TeamConnection = Connection[TeamRef]
MemberConnection = Connection[MemberRef]
GroupConnection = Connection[GroupRef]
SeatConnection = Connection[SeatRef]
RequestConnection = Connection[RequestRef]
WaitConnection = Connection[WaitRef]
ProductConnection = Connection[ProductRef]
TokenConnection = Connection[TokenRef]
AuditEventConnection = Connection[AuditEventRef]
SeatPeriodConnection = Connection[SeatPeriodRef]

# The rows that the payloads of mutations hold, and the type that shows each.
SHOWN: dict[Any, Any] = {
    UserRow: UserRef,
    TeamRow: TeamRef,
    MemberRow: MemberRef,
    InvitationRow: InvitationRef,
    GroupRow: GroupRef,
    SeatRow: SeatRef,
    WaitRow: WaitRef,
    TokenRow: TokenRef,
    ImportProblemRow: ImportProblemRef,
    UserErrorRow: UserErrorRef,
}
