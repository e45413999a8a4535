"""References between GraphQL types: the files of types use these, and never import each other."""

from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from db.access.partner_tokens import TokenRow
from db.access.passkeys import PasskeyRow
from db.billing.invoices import InvoiceRow
from db.billing.orders import OrderRow
from db.catalogue.products import ProductRow
from db.contracts.contracts import ContractRow
from db.contracts.subscriptions import SubscriptionRow
from db.groups.groups import GroupRow
from db.invitations.invitations import InvitationRow
from db.notices.preferences import PreferenceRow
from db.notices.sent_notices import NoticeRow
from db.people.members import MemberRow
from db.people.teams import TeamRow
from db.people.users import UserRow
from db.seats.seats import SeatRow
from db.seats.waits import WaitRow
from domain.money import Money as MoneyRow
from domain.problems import UserError as UserErrorRow
from resolvers.invitations.acceptance import InvitationOffer as InvitationOfferRow
from resolvers.invitations.import_updates import MemberChange as MemberChangeRow
from resolvers.invitations.imports import ImportProblem as ImportProblemRow
from schema.core.paging import Connection

if TYPE_CHECKING:
    from schema.access.identities import Identity
    from schema.access.own_sessions import Session
    from schema.access.partner_tokens import PartnerToken
    from schema.access.passkeys import Passkey
    from schema.access.second_factors import SecondFactors
    from schema.audit.audit_log import AuditEvent, SeatPeriod
    from schema.audit.audit_people import PersonalChange
    from schema.billing.invoices import Invoice, MonthlySpend
    from schema.billing.orders import Order, OrderLine
    from schema.billing.upcoming_payments import UpcomingPayment
    from schema.catalogue.products import Product
    from schema.contracts.contracts import Contract
    from schema.contracts.subscription_terms import SubscriptionTerm
    from schema.contracts.subscriptions import Subscription
    from schema.core.abilities import Ability
    from schema.core.errors import UserError
    from schema.core.money import Money
    from schema.core.signed_links import SignedLink
    from schema.groups.groups import Group
    from schema.invitations.imports import ImportProblem, MemberChange
    from schema.invitations.invitations import Invitation, InvitationOffer
    from schema.notices.notices import Notice
    from schema.notices.preferences import NoticePreference
    from schema.people.member_usage import MemberUsage
    from schema.people.members import Member
    from schema.people.teams import Team
    from schema.people.users import User
    from schema.seats.pools import Pool
    from schema.seats.seat_requests import SeatRequest
    from schema.seats.seats import Seat
    from schema.seats.waiting_list import Wait
    from schema.usage.seat_usage import Usage

AbilityRef = Annotated["Ability", strawberry.lazy("schema.core.abilities")]
UserRef = Annotated["User", strawberry.lazy("schema.people.users")]
TeamRef = Annotated["Team", strawberry.lazy("schema.people.teams")]
MemberRef = Annotated["Member", strawberry.lazy("schema.people.members")]
MemberUsageRef = Annotated["MemberUsage", strawberry.lazy("schema.people.member_usage")]
InvitationRef = Annotated["Invitation", strawberry.lazy("schema.invitations.invitations")]
InvitationOfferRef = Annotated["InvitationOffer", strawberry.lazy("schema.invitations.invitations")]
GroupRef = Annotated["Group", strawberry.lazy("schema.groups.groups")]
ProductRef = Annotated["Product", strawberry.lazy("schema.catalogue.products")]
ContractRef = Annotated["Contract", strawberry.lazy("schema.contracts.contracts")]
SubscriptionRef = Annotated["Subscription", strawberry.lazy("schema.contracts.subscriptions")]
SubscriptionTermRef = Annotated["SubscriptionTerm", strawberry.lazy("schema.contracts.subscription_terms")]
OrderRef = Annotated["Order", strawberry.lazy("schema.billing.orders")]
OrderLineRef = Annotated["OrderLine", strawberry.lazy("schema.billing.orders")]
InvoiceRef = Annotated["Invoice", strawberry.lazy("schema.billing.invoices")]
MonthlySpendRef = Annotated["MonthlySpend", strawberry.lazy("schema.billing.invoices")]
UpcomingPaymentRef = Annotated["UpcomingPayment", strawberry.lazy("schema.billing.upcoming_payments")]
PoolRef = Annotated["Pool", strawberry.lazy("schema.seats.pools")]
SeatRef = Annotated["Seat", strawberry.lazy("schema.seats.seats")]
RequestRef = Annotated["SeatRequest", strawberry.lazy("schema.seats.seat_requests")]
UsageRef = Annotated["Usage", strawberry.lazy("schema.usage.seat_usage")]
NoticeRef = Annotated["Notice", strawberry.lazy("schema.notices.notices")]
NoticePreferenceRef = Annotated["NoticePreference", strawberry.lazy("schema.notices.preferences")]
TokenRef = Annotated["PartnerToken", strawberry.lazy("schema.access.partner_tokens")]
SessionRef = Annotated["Session", strawberry.lazy("schema.access.own_sessions")]
IdentityRef = Annotated["Identity", strawberry.lazy("schema.access.identities")]
SecondFactorsRef = Annotated["SecondFactors", strawberry.lazy("schema.access.second_factors")]
PasskeyRef = Annotated["Passkey", strawberry.lazy("schema.access.passkeys")]
AuditEventRef = Annotated["AuditEvent", strawberry.lazy("schema.audit.audit_log")]
PersonalChangeRef = Annotated["PersonalChange", strawberry.lazy("schema.audit.audit_people")]
SeatPeriodRef = Annotated["SeatPeriod", strawberry.lazy("schema.audit.audit_log")]
WaitRef = Annotated["Wait", strawberry.lazy("schema.seats.waiting_list")]
ImportProblemRef = Annotated["ImportProblem", strawberry.lazy("schema.invitations.imports")]
MemberChangeRef = Annotated["MemberChange", strawberry.lazy("schema.invitations.imports")]
UserErrorRef = Annotated["UserError", strawberry.lazy("schema.core.errors")]
SignedLinkRef = Annotated["SignedLink", strawberry.lazy("schema.core.signed_links")]
MoneyRef = Annotated["Money", strawberry.lazy("schema.core.money")]

TeamConnection = Connection[TeamRef]
MemberConnection = Connection[MemberRef]
GroupConnection = Connection[GroupRef]
SeatConnection = Connection[SeatRef]
RequestConnection = Connection[RequestRef]
WaitConnection = Connection[WaitRef]
ProductConnection = Connection[ProductRef]
ContractConnection = Connection[ContractRef]
SubscriptionConnection = Connection[SubscriptionRef]
OrderConnection = Connection[OrderRef]
InvoiceConnection = Connection[InvoiceRef]
NoticeConnection = Connection[NoticeRef]
TokenConnection = Connection[TokenRef]
SessionConnection = Connection[SessionRef]
IdentityConnection = Connection[IdentityRef]
PasskeyConnection = Connection[PasskeyRef]
AuditEventConnection = Connection[AuditEventRef]
SeatPeriodConnection = Connection[SeatPeriodRef]

# The GraphQL type of each row class that the payloads of mutations contain.
TYPE_OF_ROW: dict[Any, Any] = {
    UserRow: UserRef,
    TeamRow: TeamRef,
    MemberRow: MemberRef,
    InvitationRow: InvitationRef,
    InvitationOfferRow: InvitationOfferRef,
    GroupRow: GroupRef,
    ProductRow: ProductRef,
    ContractRow: ContractRef,
    SubscriptionRow: SubscriptionRef,
    OrderRow: OrderRef,
    InvoiceRow: InvoiceRef,
    SeatRow: SeatRef,
    WaitRow: WaitRef,
    NoticeRow: NoticeRef,
    PreferenceRow: NoticePreferenceRef,
    TokenRow: TokenRef,
    PasskeyRow: PasskeyRef,
    ImportProblemRow: ImportProblemRef,
    MemberChangeRow: MemberChangeRef,
    UserErrorRow: UserErrorRef,
    MoneyRow: MoneyRef,
}
