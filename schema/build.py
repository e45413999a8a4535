"""Builds the schema, and checks that every root field declares an action that the policy knows."""

from collections.abc import Awaitable
from copy import copy
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import Any

import strawberry
from graphql import DocumentNode, ExecutionResult, GraphQLSchema, OperationType
from strawberry.schema.config import StrawberryConfig

from domain.actions import Action
from domain.failures import Failure
from domain.money import BigInt
from domain.subjects import Anonymous
from domain.uploads import Upload
from execution.reasons import ReportFallback, ignore_fallback
from policies import facts
from policies.engine.policy import Policy
from resolvers.core.context import Context
from resolvers.nodes import NODES
from schema.access import (
    account_deletions,
    email_changes,
    identities,
    own_sessions,
    partner_tokens,
    passkeys,
    passwords,
    second_factors,
    sessions,
    sign_in_challenges,
)
from schema.billing import invoices, orders, payments
from schema.catalogue import products
from schema.contracts import amendments, contracts, subscriptions
from schema.contracts.company_sales import all_companies, company_by_id
from schema.core import abilities, money, nodes, times, uploads
from schema.core.fields import Guard
from schema.core.nodes import Node
from schema.core.shortcuts import Execution
from schema.groups import default_products, groups
from schema.invitations import companies, imports, invitations, member_updates
from schema.notices import notices, preferences, vendor_announcements
from schema.people import members, profiles, roles, team_settings, teams, users
from schema.seats import pools, seat_requests, seats, waiting_list

ONLY_REFERRED_TO = (pools.Pool, waiting_list.Wait, contracts.Contract, orders.Order, invoices.Invoice, notices.Notice)
"""The types with ids that have no mutation: no other import declares them before the schema is built."""
SCALARS: dict[object, Any] = {
    Upload: uploads.UPLOAD,
    datetime: times.TIME,
    date: times.DATE,
    BigInt: money.BIG_INT,
}
MAX_COERCION_ERRORS = 5
"""How many wrong values of variables are reported. Each message reads the values again, in part."""


class UnguardedField(Failure):
    """A field of Query or Mutation declares no action that the policy knows, so anybody could use it."""


@strawberry.type(description="The fields that read data.")
class Query:
    """The fields that read data."""

    node = nodes.node
    viewer = users.viewer
    viewer_token = partner_tokens.viewer_token
    passkey_options = passkeys.passkey_options
    team = teams.team
    teams = teams.all_teams
    products = products.catalogue
    companies = all_companies
    company = company_by_id
    explain = abilities.explain
    sign_in_providers = identities.sign_in_providers


@strawberry.type(
    description="The fields that change data. Each has one argument `input` and runs in one transaction. It is null "
    "only if an error says why."
)
class Mutation:
    """The fields that change data."""

    sign_up = sessions.sign_up
    verify_email = sessions.verify_email
    request_password_reset = passwords.request_password_reset
    reset_password = passwords.reset_password
    change_password = passwords.change_password
    change_email = email_changes.change_email
    confirm_email = email_changes.confirm_email
    undo_email_change = email_changes.undo_email_change
    sign_in = sessions.sign_in
    complete_sign_in = sign_in_challenges.complete_sign_in
    sign_out = sessions.sign_out
    end_session = own_sessions.end_session
    end_other_sessions = own_sessions.end_other_sessions
    update_profile = profiles.update_profile
    begin_authenticator_app = second_factors.begin_authenticator_app
    confirm_authenticator_app = second_factors.confirm_authenticator_app
    remove_authenticator_app = second_factors.remove_authenticator_app
    renew_recovery_codes = second_factors.renew_recovery_codes
    delete_account = account_deletions.delete_account
    link_identity = identities.link_identity
    unlink_identity = identities.unlink_identity
    sign_in_with_passkey = passkeys.sign_in_with_passkey
    begin_passkey = passkeys.begin_passkey
    add_passkey = passkeys.add_passkey
    rename_passkey = passkeys.rename_passkey
    remove_passkey = passkeys.remove_passkey
    accept_invitation = invitations.accept_invitation
    invite_members = invitations.invite_members
    resend_invitation = invitations.resend_invitation
    revoke_invitation = invitations.revoke_invitation
    import_members = imports.import_members
    remove_members = members.remove_members
    update_member = member_updates.update_member
    change_role = roles.change_role
    change_roles = roles.change_roles
    update_team = team_settings.update_team
    create_group = groups.create_group
    rename_group = groups.rename_group
    delete_group = groups.delete_group
    set_group_members = groups.set_group_members
    add_group_members = groups.add_group_members
    remove_group_members = groups.remove_group_members
    move_group_members = groups.move_group_members
    assign_group_product = groups.assign_group_product
    unassign_group_product = groups.unassign_group_product
    set_default_products = default_products.set_default_products
    assign_seats = seats.assign_seats
    unassign_seats = seats.unassign_seats
    reassign_seat = seats.reassign_seat
    request_seat = seat_requests.request_seat
    withdraw_request = seat_requests.withdraw_request
    answer_request = seat_requests.answer_request
    set_notice_preferences = preferences.set_notice_preferences
    create_partner_token = partner_tokens.create_partner_token
    rotate_partner_token = partner_tokens.rotate_partner_token
    revoke_partner_token = partner_tokens.revoke_partner_token
    create_company = companies.create_company
    invite_contract_manager = companies.invite_contract_manager
    create_contract = amendments.create_contract
    add_subscription = subscriptions.add_subscription
    add_seats = amendments.add_seats
    reduce_seats = amendments.reduce_seats
    cancel_scheduled_change = amendments.cancel_scheduled_change
    set_auto_renew = amendments.set_auto_renew
    renew_subscription = amendments.renew_subscription
    move_seats = amendments.move_seats
    set_contact_person = amendments.set_contact_person
    send_announcement = vendor_announcements.send_announcement
    add_product = products.add_product
    record_payment = payments.record_payment
    reverse_payment = payments.reverse_payment
    credit_invoice = payments.credit_invoice


def check(root: type, rules: Policy) -> None:
    """Raise UnguardedField unless every field of a root type declares an action that the policy knows."""
    for field in root.__strawberry_definition__.fields:  # type: ignore[attr-defined]
        actions = _actions(field)
        if not actions:
            raise UnguardedField(
                f"{root.__name__}.{field.python_name} declares no action: put @performs or @mutation on its resolver."
            )
        if actions[0] not in rules.kinds:
            raise UnguardedField(f"{root.__name__}.{field.python_name}: policy.polar does not know {actions[0]}.")


class Schema(strawberry.Schema):
    """Strawberry's schema, for documents that the gateway has parsed and validated. The gateway formats the errors.

    `max_answer_bytes` is the size of the largest answer in JSON. `suggests`: messages may suggest names of the schema.
    """

    max_answer_bytes: int | None = None
    suggests = True

    @property
    def graphql(self) -> GraphQLSchema:
        """The schema as graphql-core knows it."""
        return self._schema

    def is_open(self, name: str, rules: Policy) -> bool:
        """Whether the policy allows a field of Query or Mutation to people who have not signed in."""
        action = self._actions.get(name)
        if action is None or rules.kinds[action] is not facts.Gateway:
            return name.startswith("__")
        return rules.decide(Anonymous(), action, facts.GATEWAY).allowed

    @cached_property
    def _actions(self) -> dict[str, Action]:
        """The actions of the fields of Query and Mutation."""
        roots: tuple[Any, ...] = (Query, Mutation)
        fields = [field for root in roots for field in root.__strawberry_definition__.fields]
        return {self.config.name_converter.get_graphql_name(field): Action(_actions(field)[0]) for field in fields}

    async def run(
        self,
        document: DocumentNode,
        variables: dict[str, Any],
        context: Context,
        operation: str | None,
        report_fallback: ReportFallback = ignore_fallback,
    ) -> ExecutionResult:
        """Execute one operation of a document that is valid for this schema.

        If the actor of the context is not loaded yet, one statement reads the actor and everything else, if it can. For
        a mutation, that is everything for the decision.
        `report_fallback` is called with the reason if graphql-core's executor runs the operation instead. Strawberry's
        `execute` is not used: it would parse and validate again, and log errors together with values. Raises
        Unauthenticated, PersonDiffers and AnswerTooLarge.
        """
        executor: Any = self.execution_context_class.build(
            self._schema,
            document,
            context_value=context,
            raw_variable_values=variables,
            operation_name=operation,
            report_fallback=report_fallback,
            max_bytes=self.max_answer_bytes,
            hide_suggestions=not self.suggests,
            max_coercion_errors=MAX_COERCION_ERRORS,
        )
        if isinstance(executor, list):
            if context.is_unidentified:
                await context.identify()
            return ExecutionResult(None, executor)
        if not context.is_unidentified:
            return await _execute(executor)
        if executor.operation.operation is OperationType.QUERY:
            data = await executor.read_at_once()
            if data is not None:
                return ExecutionResult(data, None)
            await context.identify()
            return await _execute(executor)
        return await _change(executor, context)


async def _change(executor: Any, context: Context) -> ExecutionResult:
    """Execute a mutation of an actor that is not loaded yet. Raises Unauthenticated and PersonDiffers."""
    await (context.begin_change() if executor.loads_actor() else context.identify(writes=True))
    done = await _execute(executor)
    if context.is_unidentified:
        # The mutation could not load its actor. If nobody has signed in, or somebody else, that is the only error.
        await context.identify()
    return done


async def _execute(executor: Any) -> ExecutionResult:
    result: Any = executor.execute_operation()
    done: ExecutionResult = await result if isinstance(result, Awaitable) else result
    return done


def _actions(field: Any) -> list[str]:
    return [directive.action for directive in field.directives if isinstance(directive, Guard)]


def node_types() -> list[type]:
    """The GraphQL type of each `NodeKind`. Raises KeyError if no type shows the rows of a kind."""
    known = {*Node.__subclasses__(), *ONLY_REFERRED_TO}
    types = {type_.is_type_of.row: type_ for type_ in known}  # type: ignore[attr-defined]
    return [types[kind.row] for kind in NODES]


def build(rules: Policy, *, max_answer_bytes: int | None = None, suggests: bool = True) -> Schema:
    """Build the whole schema, and check it against this policy. Raises UnguardedField."""
    schema = copy(_published(Query, Mutation))
    check(Query, rules)
    check(Mutation, rules)
    schema.max_answer_bytes, schema.suggests = max_answer_bytes, suggests
    return schema


@lru_cache(maxsize=1)
def _published(query: type, mutation: type) -> Schema:
    """Return the schema with these root types. `usher run` checks all before it serves, and needs the same one twice.

    It depends on no policy and no setting, so it can be shared.
    """
    return Schema(
        query=query,
        mutation=mutation,
        config=StrawberryConfig(scalar_map=SCALARS),
        execution_context_class=Execution,
        types=node_types(),
    )
