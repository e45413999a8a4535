"""The mutants of the area audit: events and the sweep."""

from tests.mutants.mutant import Mutant

EVENTS, EVENTS_TEST = "db/audit/events.py", "tests/db/audit/test_events.py"
RETENTION, RETENTION_TEST = "db/audit/retention.py", "tests/resolvers/audit/test_retention.py"

MUTANTS = (
    Mutant(
        "events are read in the order of their ids",
        EVENTS,
        ".order_by(Event.transaction_id, Event.id)",
        ".order_by(Event.id)",
        (f"{EVENTS_TEST}::test_events_are_ordered_by_transaction_before_id",),
    ),
    Mutant(
        "a sweep waits for rows that another one is deleting",
        RETENTION,
        "for update skip locked",
        "for update",
        (f"{RETENTION_TEST}::test_a_row_that_another_worker_is_deleting_is_skipped",),
    ),
    Mutant(
        "a sweep waits for accounts that are locked",
        RETENTION,
        " for no key update of u skip locked",
        " for no key update of u",
        (f"{RETENTION_TEST}::test_a_batch_takes_all_changes_of_the_address_of_an_account",),
    ),
)
