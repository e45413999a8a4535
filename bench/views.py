"""The operations that every contender gets, as GraphQL documents. The floor reads only their `operationName`."""

from dataclasses import dataclass
from string import Template

import orjson

PAGE = 50
COUNTED = 100
WALKED = 100


@dataclass(frozen=True, slots=True)
class Operation:
    """A GraphQL document with one operation of this name."""

    name: str
    document: str

    def body(self, **variables: object) -> bytes:
        """Return the body of a request as JSON."""
        return orjson.dumps({"query": self.document, "operationName": self.name, "variables": variables})


VIEWER = Operation(
    "Viewer",
    """
query Viewer {
  viewer {
    id
    name
    email
    seats(first: 20) { nodes { id assignedAt product { id name } } }
  }
}
""",
)

MEMBERS = Operation(
    "Members",
    """
query Members($team: ID!, $first: Int!, $after: String, $since: Date!, $until: Date!) {
  team(id: $team) {
    id
    name
    members(first: $first, after: $after) {
      nodes {
        id
        role
        user {
          id
          name
          email
          seats(teamId: $team, first: 20) {
            nodes {
              id
              assignedAt
              product { id name }
              usage(since: $since, until: $until) { hours sessions lastUsedAt }
            }
          }
        }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
}
""",
)

COUNTS = Operation(
    "Counts",
    """
query Counts($team: ID!, $first: Int!) {
  team(id: $team) {
    members(first: $first) { nodes { user { id name seats(teamId: $team) { totalCount } } } }
  }
}
""",
)

_MEMBER_PAGE = Template("""
query $name($$team: ID!, $$first: Int!) {
  team(id: $$team) {
    id
    name
    members(first: $$first) {
      nodes {
        id
        role
        user { id name email }
        seats(first: 20) { nodes { id assignedAt product { id name } } }
        unassignedProducts { product { id name } total available }
        groups(first: 20) { nodes { id name } }
        $more
      }
    }
  }
}
""")

MEMBER_PAGE = Operation("MemberPage", _MEMBER_PAGE.substitute(name="MemberPage", more=""))

ABILITIES = Operation(
    "Abilities", _MEMBER_PAGE.substitute(name="Abilities", more="viewerCan { action allowed reason }")
)

WALK = Operation(
    "Walk",
    """
query Walk($team: ID!, $first: Int!, $after: String) {
  team(id: $team) {
    members(first: $first, after: $after) {
      nodes { id role joinedAt user { id name email } }
      pageInfo { hasNextPage endCursor }
    }
  }
}
""",
)

ASSIGN = Operation(
    "Assign",
    "mutation Assign($input: AssignSeatsInput!) { assignSeats(input: $input) { seats { id } errors { code row } } }",
)

UNASSIGN = Operation(
    "Unassign",
    "mutation Unassign($input: UnassignSeatsInput!) "
    "{ unassignSeats(input: $input) { seats { id } errors { code row } } }",
)
