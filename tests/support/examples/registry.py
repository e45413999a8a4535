"""The examples of all areas, by the name of the mutation."""

from tests.support.examples import access, billing, contracts, groups, invitations, notices, people, seats, vendor
from tests.support.examples.example import Example

AREAS = (access, billing, contracts, groups, invitations, notices, people, seats, vendor)
EXAMPLES: dict[str, Example] = {
    one.name: one for area in AREAS for one in vars(area).values() if isinstance(one, Example)
}
