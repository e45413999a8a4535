"""The mutants of the calendar: what is locked while a subscription gets another number of seats."""

from tests.mutants.mutant import Mutant

RETIRED, CHANGES = "db/seats/retired.py", "db/contracts/due_changes.py"
TEST = "tests/resolvers/contracts/test_due_changes.py"

MUTANTS = (
    Mutant(
        "the seats that were held longest are retired first",
        RETIRED,
        "s.assigned_at desc, s.id desc",
        "s.assigned_at, s.id desc",
        (f"{TEST}::test_then_the_latest_assigned_lose_theirs_and_wait_in_the_order_of_assignment",),
    ),
    Mutant(
        "seats to be retired are locked in the reverse order of their ids",
        RETIRED,
        "order by s.id for update",
        "order by s.id desc for update",
        (f"{TEST}::test_seats_are_locked_in_the_order_of_their_ids",),
    ),
    Mutant(
        "seats to be retired are not locked",
        RETIRED,
        "order by s.id for update",
        "order by s.id",
        (f"{TEST}::test_a_seat_that_is_being_assigned_meanwhile_is_not_lost",),
    ),
    Mutant(
        "a scheduled change is locked before its subscription",
        CHANGES,
        " for no key update",
        "",
        (f"{TEST}::test_a_subscription_is_locked_before_its_change",),
    ),
)
