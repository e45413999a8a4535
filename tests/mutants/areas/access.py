"""The mutants of the area access: accounts, sessions and tokens."""

from tests.mutants.mutant import Mutant

MAIL_PAUSES, MAIL_PAUSES_TEST = "db/access/mail_pauses.py", "tests/db/access/test_mail_pauses.py"
ACTORS, PASSWORD_RESETS_TEST = "db/access/actors.py", "tests/resolvers/access/test_password_resets.py"
SECOND_FACTORS_TEST = "tests/db/access/test_second_factors.py"
PASSKEYS_TEST = "tests/db/access/test_passkeys.py"
TOKENS, TOKENS_TEST = "db/access/partner_tokens.py", "tests/db/access/test_partner_tokens.py"
DELETIONS, DELETIONS_TEST = "db/access/account_deletions.py", "tests/db/access/test_account_deletions.py"

MUTANTS = (
    Mutant(
        "the delays of mails lose the order of the addresses",
        MAIL_PAUSES,
        "order by w.place\n",
        "order by w.place desc\n",
        (f"{MAIL_PAUSES_TEST}::test_delays_keep_the_order_in_which_the_addresses_were_given",),
    ),
    Mutant(
        "mails are booked in the order of the list",
        MAIL_PAUSES,
        " from wanted order by subject\n",
        " from wanted\n",
        (f"{MAIL_PAUSES_TEST}::test_addresses_are_booked_in_the_order_of_their_keys",),
    ),
    Mutant(
        "a session that begins during the deletion of its account keeps its device",
        DELETIONS,
        " for update",
        "",
        (f"{DELETIONS_TEST}::test_a_session_that_begins_meanwhile_is_erased_too",),
    ),
    Mutant(
        "a mail that is queued during the deletion of its account keeps the address",
        "db/access/account_notices.py",
        " for key share",
        "",
        (f"{DELETIONS_TEST}::test_the_address_in_a_mail_that_is_queued_meanwhile_is_erased_too",),
    ),
    Mutant(
        "the teams that a person leaves are locked in the reverse order",
        DELETIONS,
        "order by m.team_id",
        "order by m.team_id desc",
        (f"{DELETIONS_TEST}::test_the_teams_of_a_person_are_in_the_order_of_their_ids",),
    ),
    Mutant(
        "a token that is being created outlives the end of its grantor's access",
        TOKENS,
        "order by team_id for update",
        "order by team_id",
        (f"{TOKENS_TEST}::test_revoking_all_tokens_waits_for_one_that_is_being_created",),
    ),
    Mutant(
        "memberships are locked in the reverse order of the teams",
        TOKENS,
        "order by team_id for update",
        "order by team_id desc for update",
        (f"{TOKENS_TEST}::test_the_memberships_are_locked_in_the_order_of_the_teams",),
    ),
    Mutant(
        "an identity is added while its account is deleted",
        "db/access/identities.py",
        "\nfor share\n",
        "\n",
        ("tests/db/access/test_identities.py::test_no_identity_is_added_while_its_account_is_deleted",),
    ),
    Mutant(
        "a session begins while the password of its account is changed",
        ACTORS,
        "\nfor share\n",
        "\n",
        (f"{PASSWORD_RESETS_TEST}::test_a_session_that_is_being_opened_and_a_reset_wait_for_each_other",),
    ),
    Mutant(
        "two changes of an account do not wait for each other",
        "db/people/users.py",
        ".with_for_update(key_share=True)",
        "",
        (
            f"{SECOND_FACTORS_TEST}::test_new_recovery_codes_wait_for_others_and_replace_them",
            f"{PASSKEYS_TEST}::test_a_second_addition_waits_and_counts_the_first",
        ),
    ),
)
