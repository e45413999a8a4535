"""The schema, put together and checked: every root field names an action that the policy knows."""

from collections.abc import Iterator

import strawberry
from graphql import GraphQLError, OperationDefinitionNode
from strawberry.extensions import MaxTokensLimiter, SchemaExtension
from strawberry.types import ExecutionContext

from domain.problems import BadInput
from policies.policy import Policy
from schema import groups, members, nodes, policy, products, seats, sessions, teams, tokens, users
from schema.fields import Guard


class UnguardedField(Exception):
    """A field of Query or Mutation names no action: anybody could call it."""


@strawberry.type(description="What can be asked.")
class Query:
    """What can be asked."""

    node = nodes.node
    viewer = users.viewer
    team = teams.team
    teams = teams.all_teams
    products = products.catalogue
    explain = policy.explain


@strawberry.type(description="What can be changed. Each takes one `input` and runs in one transaction.")
class Mutation:
    """What can be changed."""

    sign_up = sessions.sign_up
    sign_in = sessions.sign_in
    sign_out = sessions.sign_out
    remove_members = members.remove_members
    assign_seats = seats.assign_seats
    unassign_seats = seats.unassign_seats
    reassign_seat = seats.reassign_seat
    create_partner_token = tokens.create_partner_token
    revoke_partner_token = tokens.revoke_partner_token


def check(root: type, rules: Policy) -> None:
    """Raises UnguardedField unless every field of a root type names an action that the policy knows."""
    for field in root.__strawberry_definition__.fields:  # type: ignore[attr-defined]
        actions = [directive.action for directive in field.directives if isinstance(directive, Guard)]
        if not actions:
            raise UnguardedField(
                f"{root.__name__}.{field.python_name} names no action: put @performs or @mutation on its resolver."
            )
        if actions[0] not in rules.kinds:
            raise UnguardedField(f"{root.__name__}.{field.python_name}: policy.polar does not know {actions[0]}.")


# Validation's cost grows with the square of a document's fields: this bounds it. Long lists go in as variables.
MAX_TOKENS = 2_000


class OneOperation(SchemaExtension):
    """Refuses several operations without a name, where Strawberry would run the first of them."""

    def on_parse(self) -> Iterator[None]:
        """Look at the document once it is parsed."""
        yield
        asked, document = self.execution_context, self.execution_context.graphql_document
        operations = (
            [one for one in document.definitions if isinstance(one, OperationDefinitionNode)] if document else []
        )
        if len(operations) > 1 and asked._provided_operation_name is None:  # noqa: SLF001 - `operation_name` guesses
            raise BadInput("The document holds several operations; name one of them in `operationName`.")


class Schema(strawberry.Schema):
    """Strawberry's, but errors are left to the gateway: Strawberry would log them with the values in them."""

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Log nothing here."""


def build(rules: Policy) -> Schema:
    """The whole schema, for this policy. Raises UnguardedField."""
    schema = Schema(
        query=Query,
        mutation=Mutation,
        types=[
            users.User,
            teams.Team,
            members.Member,
            groups.Group,
            products.Product,
            products.Release,
            seats.Seat,
            tokens.PartnerToken,
        ],
        extensions=[lambda: MaxTokensLimiter(max_token_count=MAX_TOKENS), OneOperation],
    )
    check(Query, rules)
    check(Mutation, rules)
    return schema
