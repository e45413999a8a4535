"""The mutants of the area invitations."""

from tests.mutants.mutant import Mutant

INVITATIONS, INVITATIONS_TEST = "db/invitations/bulk_invitations.py", "tests/db/invitations/test_bulk_invitations.py"
UPDATES, UPDATES_TEST = "db/invitations/member_updates.py", "tests/db/invitations/test_member_updates.py"
EXTERNAL_IDS, EXTERNAL_IDS_TEST = "db/invitations/external_ids.py", "tests/resolvers/invitations/test_external_ids.py"

LOCKED_ACCOUNTS = (f"{UPDATES_TEST}::test_accounts_that_nobody_has_opened_are_locked_in_the_order_of_their_ids",)

MUTANTS = (
    Mutant(
        "addresses lose their order",
        INVITATIONS,
        "order by w.place\n",
        "order by w.place desc\n",
        (f"{INVITATIONS_TEST}::test_addresses_keep_the_order_in_which_they_were_given",),
    ),
    Mutant(
        "what is known about external ids loses its order",
        EXTERNAL_IDS,
        "order by w.place\n",
        "order by w.place desc\n",
        (f"{EXTERNAL_IDS_TEST}::test_a_member_gets_an_id_only_from_those_who_may_edit_them",),
    ),
    Mutant(
        "the last person of the list has the external id",
        EXTERNAL_IDS,
        "order by external_id, place\n",
        "order by external_id, place desc\n",
        (f"{EXTERNAL_IDS_TEST}::test_an_external_id_that_somebody_else_has_stops_the_row",),
    ),
    Mutant(
        "accounts are opened in the order of the list",
        INVITATIONS,
        "order by lower(w.email)\n",
        "",
        (f"{INVITATIONS_TEST}::test_accounts_are_opened_in_the_order_of_their_addresses",),
    ),
    Mutant(
        "people become members in the order of the list",
        INVITATIONS,
        " from people order by user_id\n",
        " from people\n",
        (f"{INVITATIONS_TEST}::test_people_become_members_in_the_order_of_their_ids",),
    ),
    Mutant(
        "accounts that are renamed are locked in the reverse order of their ids",
        UPDATES,
        "order by u.id for no key update of u",
        "order by u.id desc for no key update of u",
        LOCKED_ACCOUNTS,
    ),
    Mutant(
        "accounts that are renamed are not locked",
        UPDATES,
        "order by u.id for no key update of u",
        "order by u.id",
        LOCKED_ACCOUNTS,
    ),
)
