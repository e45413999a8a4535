"""Whatever shows something about people, seats or a team names the action that decides it, and the table knows it."""

import pytest
from graphql import GraphQLObjectType, GraphQLSchema, build_schema

from domain.actions import Action
from gateway.settings import ROOT
from policies import facts
from policies.policy import Policy

# Every field that shows more than the object it stands on, and the action that it must name.
SENSITIVE = {
    "User.email": Action.EMAILS_READ,
    "User.memberships": Action.MEMBERS_READ,
    "User.seats": Action.SEATS_READ,
    "Team.members": Action.MEMBERS_READ,
    "Team.seats": Action.SEATS_READ,
    "Pool.waits": Action.SEATS_READ,
    "Member.waits": Action.SEATS_READ,
    "Wait.member": Action.MEMBERS_READ,
    "Team.groups": Action.GROUPS_READ,
    "Team.pools": Action.POOLS_READ,
    "Team.partnerTokens": Action.TOKENS_READ,
    "Team.audit": Action.AUDIT_READ,
    "Team.seatHistory": Action.HISTORY_READ,
    "Member.groups": Action.GROUPS_READ,
    "Group.members": Action.MEMBERS_READ,
    "Seat.holder": Action.MEMBERS_READ,
    "Seat.sources": Action.SEATS_READ,
    "Seat.usage": Action.USAGE_READ,
    "SeatSource.group": Action.GROUPS_READ,
    "PartnerToken.grantor": Action.MEMBERS_READ,
    "AuditEvent.actor": Action.MEMBERS_READ,
    "AuditEvent.token": Action.TOKENS_READ,
    "SeatPeriod.seat": Action.SEATS_READ,
    "SeatPeriod.holder": Action.MEMBERS_READ,
}
# Fields with a resolver of their own that show nothing which is not on their object already, or public.
OPEN = {"name", "viewerCan", "viewerRole", "team", "product", "releases", "pool", "totalCount"}


@pytest.fixture(scope="module")
def published() -> GraphQLSchema:
    return build_schema((ROOT / "schema.graphql").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def guarded(published: GraphQLSchema) -> dict[str, str]:
    """Field to the action it names."""
    found = {}
    for type_ in published.type_map.values():
        for name, field in type_.fields.items() if isinstance(type_, GraphQLObjectType) else ():
            for directive in (field.ast_node and field.ast_node.directives) or ():
                found[f"{type_}.{name}"] = directive.arguments[0].value.value
    return found


@pytest.mark.parametrize("field", SENSITIVE)
def test_a_sensitive_field_names_its_action(guarded: dict[str, str], field: str) -> None:
    assert guarded[field] == SENSITIVE[field]


def test_every_root_field_names_an_action(published: GraphQLSchema, guarded: dict[str, str]) -> None:
    roots = [type_ for type_ in (published.query_type, published.mutation_type) if type_]
    assert [f"{root}.{name}" for root in roots for name in root.fields if f"{root}.{name}" not in guarded] == []


def test_every_action_that_is_named_is_decided(guarded: dict[str, str], policy: Policy) -> None:
    table = {action.value for action in policy.kinds}
    assert set(guarded.values()) <= table
    for action in map(Action, guarded.values()):
        assert policy.kinds[action] in facts.TARGETS


def test_every_field_with_arguments_is_sensitive_or_known_to_be_open(
    published: GraphQLSchema, guarded: dict[str, str]
) -> None:
    loose = [
        f"{type_}.{name}"
        for type_ in published.type_map.values()
        if isinstance(type_, GraphQLObjectType) and not str(type_).startswith("__")
        for name, field in type_.fields.items()
        if field.args and f"{type_}.{name}" not in guarded and name not in OPEN
    ]
    assert loose == []
