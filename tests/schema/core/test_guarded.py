"""A field that shows something about people, seats or a team names the action that decides it."""

from pathlib import Path

import pytest
import yaml
from graphql import GraphQLObjectType
from strawberry.schema.schema_converter import GraphQLCoreConverter

from domain.actions import Action
from policies import facts
from policies.engine.policy import Policy
from schema.build import Schema
from tests.support.examples.registry import EXAMPLES
from tests.support.published_fields import PUBLISHED, action_of, node_types

GUARDED = {
    f"{type_}.{field}": named
    for type_, fields in yaml.safe_load(Path(__file__).with_name("guarded.yaml").read_text(encoding="utf-8")).items()
    for field, named in fields.items()
} | {f"Mutation.{name}": example.action.value for name, example in EXAMPLES.items()}
OBJECTS = [
    type_
    for type_ in PUBLISHED.type_map.values()
    if isinstance(type_, GraphQLObjectType) and not type_.name.startswith("__")
]
AMOUNTS = ("subtotal", "tax", "total")
# The fields that have a resolver and name no action, by the reason why none is needed.
OPEN = {
    "It only says whether somebody holds the seat, to actors who may see the seat.": ["Seat.state"],
    "It says what the actor may do, and nothing about others.": [
        "Session.isCurrent",
        "Team.viewerRole",
        "Team.secondFactorMissing",
        "SecondFactors.isUsed",
        *(f"{name}.viewerCan" for name in node_types()),
    ],
    "It counts the rows of a connection that was decided before.": [
        f"{type_}.totalCount" for type_ in OBJECTS if type_.name.endswith("Connection")
    ],
    "It is made from other fields of its own object.": [
        "CompanyContract.number",
        *(f"CompanyInvoice.{name}" for name in ("number", "status", "total", "paid", "credited", "owed")),
        "CompanyOrder.number",
        "CompanyOrder.total",
        "CompanySubscription.status",
        "Contract.number",
        "CreditNote.amount",
        "CreditNote.number",
        *(f"Invoice.{name}" for name in ("number", "status", *AMOUNTS, "paid", "credited", "owed")),
        "MonthlySpend.amount",
        *(f"Order.{name}" for name in ("number", *AMOUNTS)),
        *(f"OrderLine.{name}" for name in ("unitPrice", "days", "amount", "tax")),
        "Payment.amount",
        "Subscription.heldUntil",
        "Subscription.status",
        "UpcomingPayment.amount",
        "UpcomingPayment.overdue",
        "User.name",
    ],
    "Its object is in this team, and only actors who may see the team see the object.": [
        "Group.team",
        "Member.team",
        "Seat.team",
        "SeatRequest.team",
        "Subscription.team",
    ],
    "The contract serves the team of the subscription, so actors who see the one see the other.": [
        "Subscription.contract"
    ],
    "Everybody who is signed in may see the catalogue.": [
        "CompanySubscription.product",
        "OrderLine.product",
        "Pool.product",
        "Product.releases",
        "Release.product",
        "Seat.product",
        "SeatRequest.product",
        "Subscription.product",
        "Wait.product",
    ],
    "The mutation was decided, and it changed this pool.": ["AssignSeatsPayload.pool", "UnassignSeatsPayload.pool"],
    "The team in which the mutation was decided; null for actors who may not see it.": [
        f"{name}Payload.team"
        for name in (
            "CreateGroup",
            "DeleteGroup",
            "ImportMembers",
            "InviteMembers",
            "RemoveMembers",
            "RevokeInvitation",
        )
    ],
    "The actor has just joined it.": ["AcceptInvitationPayload.memberEdges", "AcceptInvitationPayload.teamEdges"],
    "It is the actor's own, or the object that the mutation was decided on.": [
        "AddPasskeyPayload.passkeyEdges",
        "ChangePasswordPayload.deletedSessionIds",
        "CreatePartnerTokenPayload.partnerTokenEdges",
        "DeleteGroupPayload.deletedGroupIds",
        "EndOtherSessionsPayload.deletedSessionIds",
        "EndSessionPayload.deletedSessionIds",
        "RemoveMembersPayload.deletedTeamIds",
        "RemovePasskeyPayload.deletedPasskeyIds",
        "UnlinkIdentityPayload.deletedIdentityIds",
    ],
}


def published() -> dict[str, str]:
    """The action of each published field that names one, by field."""
    named = {f"{type_}.{name}": action_of(field) for type_ in OBJECTS for name, field in type_.fields.items()}
    return {name: one for name, one in named.items() if one is not None}


def test_the_list_has_all_guarded_fields() -> None:
    assert published().keys() == GUARDED.keys()


@pytest.mark.parametrize("field", GUARDED)
def test_a_guarded_field_names_its_action(field: str) -> None:
    assert published()[field] == GUARDED[field]


def test_every_root_field_names_an_action() -> None:
    roots = [type_ for type_ in (PUBLISHED.query_type, PUBLISHED.mutation_type) if type_]
    assert [f"{root}.{name}" for root in roots for name in root.fields if f"{root}.{name}" not in published()] == []


def test_the_policy_decides_every_action_that_a_field_names(policy: Policy) -> None:
    table = {action.value for action in policy.kinds}
    assert set(published().values()) <= table
    for named in map(Action, published().values()):
        assert policy.kinds[named] in facts.TARGETS


def test_every_field_with_a_resolver_or_arguments_is_guarded_or_known_to_be_open(schema: Schema) -> None:
    unguarded = [
        f"{type_}.{name}"
        for type_ in schema.graphql.type_map.values()
        if isinstance(type_, GraphQLObjectType) and not type_.name.startswith("__")
        for name, field in type_.fields.items()
        if field.args or field.extensions[GraphQLCoreConverter.DEFINITION_BACKREF].base_resolver
        if f"{type_}.{name}" not in published()
    ]
    assert sorted(unguarded) == sorted(field for fields in OPEN.values() for field in fields)
