"""The mutants of SQL order and locks, in `tests/mutants/areas`. Each has a name that says what is broken."""

from tests.mutants.areas import access, audit, calendar, core, groups, invitations, people, seats

MUTANTS = (
    *access.MUTANTS,
    *audit.MUTANTS,
    *calendar.MUTANTS,
    *core.MUTANTS,
    *groups.MUTANTS,
    *invitations.MUTANTS,
    *people.MUTANTS,
    *seats.MUTANTS,
)
