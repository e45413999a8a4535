"""The mutations of the vendor's staff that create a company, and that invite its first contract manager again."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import strawberry
from email_validator import EmailNotValidError

from db.access import mail_pauses
from db.core import ids
from db.groups import given_products
from db.invitations import bulk_invitations, companies
from db.invitations.companies import ManagersOfTeam
from db.people import members, teams
from db.people.teams import TeamRow
from db.seats import allocation
from domain import text
from domain.actions import Action
from domain.mails import MailPurpose
from domain.problems import NotFound, UserError, UserErrorCode
from domain.roles import Role
from domain.text import NAME_RULE, last_name
from policies import facts
from resolvers.access.mail_pauses import claim_mail
from resolvers.contracts import subscriptions
from resolvers.contracts.subscriptions import NewSubscriptionInput
from resolvers.core import emails
from resolvers.core.mutation_types import MutationInput
from resolvers.core.mutations import Change, mutation
from resolvers.invitations.bulk_invitations import ALREADY_MEMBER, Invitee, expiry, send_mails, with_accounts

NAME_TAKEN = UserError(UserErrorCode.NAME_TAKEN, "Another company has this name.", ["name"])
MANAGED = "The team has a contract manager, who can invite other people."


@dataclass
class ContractManagerInput:
    """The person who is invited as the first contract manager."""

    first_name: str
    last_name: str | None = field(default=None, kw_only=True)
    email: str


@dataclass
class CreateCompanyInput(MutationInput):
    """The name of the company's team, its first contract manager, and its first subscription, if there is one."""

    name: str
    contract_manager: ContractManagerInput
    subscription: NewSubscriptionInput | None = None


@dataclass
class CreateCompanyPayload:
    """The company that was created. `errors` say why none was created."""

    team_id: strawberry.ID | None = field(
        default=None, metadata={"description": "The id of the company's team; null if no company was created."}
    )
    subscription_id: strawberry.ID | None = field(
        default=None, metadata={"description": "The id of the first subscription; null if there is none."}
    )
    errors: list[UserError] = field(default_factory=list)


@dataclass
class InviteContractManagerInput(MutationInput):
    """The company's team, and the person who is invited as its contract manager."""

    team_id: strawberry.ID
    email: str
    first_name: str
    last_name: str | None = None


@dataclass
class InviteContractManagerPayload:
    """The invitation of a contract manager. `errors` say why nobody was invited."""

    email: str | None = field(
        default=None, metadata={"description": "The address that the mail is sent to; null if nobody was invited."}
    )
    errors: list[UserError] = field(default_factory=list)


@mutation(Action.COMPANIES_CREATE)
async def create_company(change: Change, input: CreateCompanyInput) -> CreateCompanyPayload:
    """Create a company: its team, an invitation that makes a person its contract manager, and a subscription.

    Only the vendor's staff may do it. The invitation is a mail with a link that can be used for 30 days. From then on,
    the contract manager manages the team, and the vendor's staff cannot see who is in it. If the address got an
    invitation less than 5 minutes ago, the mail waits. NAME_INVALID, EMAIL_INVALID. NAME_TAKEN if another company has
    the name; case and accents do not matter.
    For the subscription: SEATS_INVALID, TERM_INVALID, PRICE_INVALID, PRODUCT_NOT_SOLD.
    Raises NOT_FOUND for the product, FORBIDDEN.
    """
    await change.decide(facts.business(change.actor))
    errors, email = _checked(input.contract_manager, ["contractManager"])
    name = text.display_name(input.name)
    if name is None:
        errors.insert(0, UserError(UserErrorCode.NAME_INVALID, NAME_RULE, ["name"]))
    if input.subscription is not None:
        change.require_also(Action.SUBSCRIPTIONS_ADD, facts.business(change.actor))
        errors += subscriptions.subscription_errors(change, input.subscription, ["subscription"])
        errors = errors or await subscriptions.sale_errors(change, input.subscription, ["subscription"])
    if name is None or errors:
        return CreateCompanyPayload(errors=errors)
    team = TeamRow(ids.new("team"), name, separation_of_duties=False)
    if not await teams.create(change.connection, team):
        return CreateCompanyPayload(errors=[NAME_TAKEN])
    delays = await mail_pauses.book(change.connection, MailPurpose.INVITATION, [email])
    invited = await _invite(change, team.id, input.contract_manager, email, delays)
    after: dict[str, object] = {"name": team.name, "invited": invited}
    payload = CreateCompanyPayload(strawberry.ID(team.id))
    if input.subscription is not None:
        added = await subscriptions.add(change, team.id, input.subscription)
        after["subscription"] = {"id": added.id, **subscriptions.audit_values(input.subscription, added)}
        payload.subscription_id = strawberry.ID(added.id)
    await change.record(team.id, team.id, {}, after)
    return payload


@mutation(Action.COMPANIES_INVITE)
async def invite_contract_manager(change: Change, input: InviteContractManagerInput) -> InviteContractManagerPayload:
    """Invite the first contract manager of a company again, for example if the address of the first mail was wrong.

    Only the vendor's staff may do it, and only until the team has a contract manager (CONTRACT_MANAGER_EXISTS). People
    who were invited as contract managers before are no longer invited: their links stop working. The new link can be
    used for 30 days. MAIL_PAUSED if the last invitation to this e-mail address, of whatever team, is less than 5
    minutes old. NAME_INVALID, EMAIL_INVALID. ALREADY_MEMBER (information) if the person is in the team with another
    role. Raises NOT_FOUND for the team, FORBIDDEN.
    """
    await change.decide(facts.business(change.actor))
    connection, team_id = change.connection, str(input.team_id)
    manager = ContractManagerInput(input.first_name, input.email, last_name=input.last_name)
    errors, email = _checked(manager, [])
    if errors:
        return InviteContractManagerPayload(errors=errors)
    await given_products.lock_changes(connection, team_id)
    managers = await companies.managers(connection, team_id)
    if managers is None:
        raise NotFound("team")
    error = await _refusal(change, team_id, email, managers)
    if error is not None:
        return InviteContractManagerPayload(errors=[error])
    after = await _revoke(change, team_id, managers.invited)
    after["invited"] = await _invite(change, team_id, manager, email)
    await change.record(team_id, team_id, {"invited": managers.invited}, after)
    return InviteContractManagerPayload(email)


def _checked(manager: ContractManagerInput, path: list[str]) -> tuple[list[UserError], str]:
    """The errors of the names and the e-mail address, and this address in its normal form."""
    names = {"firstName": text.display_name(manager.first_name), "lastName": last_name(manager.last_name)}
    errors = [
        UserError(UserErrorCode.NAME_INVALID, NAME_RULE, [*path, field])
        for field, name in names.items()
        if name is None
    ]
    try:
        return errors, emails.valid(manager.email)
    except EmailNotValidError as error:
        return [*errors, UserError(UserErrorCode.EMAIL_INVALID, str(error), [*path, "email"])], ""


async def _refusal(change: Change, team_id: str, email: str, managers: ManagersOfTeam) -> UserError | None:
    """Why this address cannot be invited as a contract manager now; None if it can."""
    if managers.is_managed:
        return UserError(UserErrorCode.CONTRACT_MANAGER_EXISTS, MANAGED, ["teamId"])
    [known] = await bulk_invitations.known_addresses(change.connection, team_id, [email])
    if known.is_member and known.user_id not in managers.invited:
        return UserError(UserErrorCode.ALREADY_MEMBER, ALREADY_MEMBER, ["email"])
    # Last, because it starts the pause.
    return await claim_mail(change, MailPurpose.INVITATION, email, "email")


async def _revoke(change: Change, team_id: str, user_ids: Sequence[str]) -> dict[str, object]:
    """Take invited people out of the team, and with them their invitations. Returns what the audit row says about it.

    As in `revokeInvitation`, their seats go to people on the waiting lists, or back to their pools.
    """
    if not user_ids:
        return {}
    await members.lock(change.connection, team_id, user_ids)
    unassigned = await allocation.end(change.connection, team_id, None, user_ids, None, change.by)
    await members.remove(change.connection, team_id, user_ids)
    freed = {ended.seat_id: ended.user_id for ended in unassigned.ended}
    promoted = {seat.id: seat.holder_id for seat in unassigned.promoted}
    return {name: value for name, value in (("freed", freed), ("promoted", promoted)) if value}


async def _invite(
    change: Change,
    team_id: str,
    manager: ContractManagerInput,
    email: str,
    delays: Sequence[timedelta] | None = None,
) -> dict[str, object]:
    """Invite the contract manager, and queue the mail. Returns what the audit row says about the invitation."""
    names = (text.display_name(manager.first_name) or "", last_name(manager.last_name) or "")
    invitee = Invitee(0, *names, email, Role.CONTRACT_MANAGER, ())
    [known] = await bulk_invitations.known_addresses(change.connection, team_id, [email])
    people = await with_accounts(change, team_id, [(invitee, known.user_id)])
    [created] = await bulk_invitations.invite(change.connection, team_id, list(people), change.by, expiry())
    await send_mails(change, team_id, [created.id], delays)
    return {created.id: {"user": created.user_id, "role": Role.CONTRACT_MANAGER}}
