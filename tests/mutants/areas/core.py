"""The mutants of what belongs to no area: migrations, names and their keys, jobs, the demo, and the server's errors."""

from tests.mutants.mutant import Mutant

TEXT_KEYS_TEST = "tests/db/core/test_text_keys.py"
NAME_KEYS, NAME_KEYS_TEST = "db/migrations/versions/0011_text_keys.py", "tests/db/tables/test_name_keys.py"
RUNNER, RUNNER_TEST = "db/queue/runner.py", "tests/db/queue/test_runner.py"
MAIL_STATES = "db/migrations/versions/0010_mail_states.py"
MIGRATE, MIGRATE_TEST = "db/core/migrate.py", "tests/db/core/test_migrate.py"
SEED, SEED_TEST = "db/demo/rows.py", "tests/db/demo/test_seed.py"
ERRORS, ERRORS_TEST = "gateway/runtime/errors.py", "tests/gateway/runtime/test_errors.py"

MUTANTS = (
    Mutant(
        "an old mail has the first of its outcomes instead of the last",
        MAIL_STATES,
        "order by target_id, id desc",
        "order by target_id, id",
        (f"{MIGRATE_TEST}::test_mails_from_before_their_states_have_the_outcome_that_the_audit_log_knows",),
    ),
    Mutant(
        "memberships of renamed people are locked in the reverse order of their ids",
        NAME_KEYS,
        "    order by m.user_id, m.team_id for no key update of m;\n",
        "    order by m.user_id desc, m.team_id for no key update of m;\n",
        (f"{NAME_KEYS_TEST}::test_the_memberships_of_renamed_people_are_locked_in_the_order_of_user_ids",),
    ),
    Mutant(
        "memberships of renamed people are not locked",
        NAME_KEYS,
        " for no key update of m;\n",
        ";\n",
        (f"{NAME_KEYS_TEST}::test_the_memberships_of_renamed_people_are_locked_in_the_order_of_user_ids",),
    ),
    Mutant(
        "a renewal does not lock the names of which it makes keys",
        "db/core/text_renewal.py",
        "\nfor no key update\n",
        "\n",
        (f"{TEXT_KEYS_TEST}::test_a_renewal_waits_for_a_change_of_a_name",),
    ),
    Mutant(
        "a renewal begins with the last rows",
        "db/core/text_renewal.py",
        "order by id limit",
        "order by id desc limit",
        (f"{TEXT_KEYS_TEST}::test_keys_of_another_version_are_renewed_in_batches",),
    ),
    Mutant(
        "the account is not locked while a person joins",
        NAME_KEYS,
        "new.user_id for no key update;",
        "new.user_id;",
        (f"{NAME_KEYS_TEST}::test_a_person_who_joins_waits_for_a_change_of_the_name",),
    ),
    Mutant(
        "several transactions can lock the account while a person joins",
        NAME_KEYS,
        "new.user_id for no key update;",
        "new.user_id for share;",
        (f"{NAME_KEYS_TEST}::test_two_teams_that_one_new_person_joins_at_the_same_time_do_not_deadlock",),
    ),
    Mutant(
        "nothing can refer to an account while a person joins",
        NAME_KEYS,
        "new.user_id for no key update;",
        "new.user_id for update;",
        (f"{NAME_KEYS_TEST}::test_an_account_can_be_referred_to_while_a_person_joins",),
    ),
    Mutant(
        "a timeout of the connection pool is an internal error",
        ERRORS,
        "isinstance(cause, PoolTimeout) or state in BUSY_STATES",
        "state in BUSY_STATES",
        (f"{ERRORS_TEST}::test_without_a_connection_the_client_is_told_to_try_again",),
    ),
    Mutant(
        "a worker does not claim its job",
        RUNNER,
        "select pg_try_advisory_lock(hashtextextended('usher job', id)) as mine",
        "select true as mine",
        (f"{RUNNER_TEST}::test_a_job_that_another_worker_has_locked_is_tried_again_later",),
    ),
    Mutant(
        "a worker keeps its claim on a job that is done",
        RUNNER,
        "select pg_advisory_unlock(hashtextextended('usher job', $1))",
        "select hashtextextended('usher job', $1)",
        (f"{RUNNER_TEST}::test_a_worker_releases_the_lock_of_a_job_that_is_done",),
    ),
    Mutant(
        "two processes migrate at the same time",
        MIGRATE,
        "select pg_advisory_xact_lock(8374620195)",
        "select pg_advisory_xact_lock_shared(8374620195)",
        (f"{MIGRATE_TEST}::test_the_second_process_waits_for_the_first_to_migrate",),
    ),
    Mutant(
        "two seeds are loaded at the same time",
        SEED,
        "select pg_advisory_xact_lock(8374620196)",
        "select pg_advisory_xact_lock_shared(8374620196)",
        (f"{SEED_TEST}::test_of_two_seeds_at_the_same_time_the_second_waits_and_is_refused",),
    ),
)
