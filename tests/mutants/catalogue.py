"""The mutants of SQL order and locks. Each has a name that says what is broken."""

from tests.mutants.mutant import Mutant

ASSIGNMENTS, ASSIGNMENTS_TEST = "db/seats/assignments.py", "tests/db/seats/test_assignments.py"
WAITING_LIST, WAITING_LIST_TEST = "db/seats/waiting_list.py", "tests/db/seats/test_waiting_list.py"
GIVEN_PRODUCTS, GIVEN_PRODUCTS_TEST = "db/groups/given_products.py", "tests/db/groups/test_given_products.py"
GROUPS, GROUPS_TEST = "db/groups/groups.py", "tests/db/groups/test_groups.py"
INVITATIONS, INVITATIONS_TEST = "db/invitations/bulk_invitations.py", "tests/db/invitations/test_bulk_invitations.py"
UPDATES, UPDATES_TEST = "db/invitations/member_updates.py", "tests/db/invitations/test_member_updates.py"
EXTERNAL_IDS, EXTERNAL_IDS_TEST = "db/invitations/external_ids.py", "tests/resolvers/invitations/test_external_ids.py"
MAIL_PAUSES, MAIL_PAUSES_TEST = "db/access/mail_pauses.py", "tests/db/access/test_mail_pauses.py"
MEMBERS, MEMBERS_TEST = "db/people/members.py", "tests/db/people/test_members.py"
MEMBER_LISTS = "db/people/member_lists.py"
TEXT_KEYS_TEST = "tests/db/core/test_text_keys.py"
NAME_KEYS, NAME_KEYS_TEST = "db/migrations/versions/0011_text_keys.py", "tests/db/tables/test_name_keys.py"
RUNNER, RUNNER_TEST = "db/queue/runner.py", "tests/db/queue/test_runner.py"
EVENTS, EVENTS_TEST = "db/audit/events.py", "tests/db/audit/test_events.py"
MAIL_STATES = "db/migrations/versions/0010_mail_states.py"
MIGRATE, MIGRATE_TEST = "db/core/migrate.py", "tests/db/core/test_migrate.py"
SEED, SEED_TEST = "db/demo/rows.py", "tests/db/demo/test_seed.py"
REQUESTS, REQUESTS_TEST = "resolvers/seats/seat_requests.py", "tests/resolvers/seats/test_seat_requests.py"
GIVING, GIVING_TEST = "resolvers/groups/seat_giving.py", "tests/resolvers/groups/test_seat_giving.py"
ERRORS, ERRORS_TEST = "gateway/runtime/errors.py", "tests/gateway/runtime/test_errors.py"

TERMS, TERMS_TEST = "db/seats/terms.py", "tests/resolvers/seats/test_terms.py"
ACTORS, PASSWORD_RESETS_TEST = "db/access/actors.py", "tests/resolvers/access/test_password_resets.py"
SECOND_FACTORS, SECOND_FACTORS_TEST = "db/access/second_factors.py", "tests/db/access/test_second_factors.py"
TEAM_SETTINGS, TEAM_SETTINGS_TEST = "db/people/team_settings.py", "tests/db/people/test_team_settings.py"
PASSKEYS, PASSKEYS_TEST = "db/access/passkeys.py", "tests/db/access/test_passkeys.py"
TOKENS, TOKENS_TEST = "db/access/partner_tokens.py", "tests/db/access/test_partner_tokens.py"
DELETIONS, DELETIONS_TEST = "db/access/account_deletions.py", "tests/db/access/test_account_deletions.py"
RETENTION, RETENTION_TEST = "db/audit/retention.py", "tests/resolvers/audit/test_retention.py"

FIRST_PERSON_FIRST_SEAT = (f"{ASSIGNMENTS_TEST}::test_the_first_person_gets_the_seat_with_the_lowest_id",)
LAST_PEOPLE_UNSERVED = (f"{ASSIGNMENTS_TEST}::test_the_last_people_of_the_list_get_no_seat",)
FREED_IN_ORDER = (f"{ASSIGNMENTS_TEST}::test_seats_to_be_freed_are_locked_in_the_order_of_their_ids",)
JOINED = (f"{WAITING_LIST_TEST}::test_people_join_in_the_order_of_the_list",)
SECOND_SOURCE = (f"{WAITING_LIST_TEST}::test_a_second_source_does_not_change_the_position",)
FROM_THE_HEAD = f"{WAITING_LIST_TEST}::test_a_waiting_list_is_locked_from_its_head"
LOCKS_EXCLUDE_EACH_OTHER = f"{WAITING_LIST_TEST}::test_freeing_seats_and_joining_the_waiting_list_wait_for_each_other"
BY_PRODUCT = (f"{GIVEN_PRODUCTS_TEST}::test_given_products_are_returned_in_the_order_of_their_ids",)
LOCKED_ACCOUNTS = (f"{UPDATES_TEST}::test_accounts_that_nobody_has_opened_are_locked_in_the_order_of_their_ids",)
LOCKED_MEMBERS = (f"{MEMBERS_TEST}::test_memberships_are_locked_in_the_order_of_user_ids",)
MANAGERS = (f"{MEMBERS_TEST}::test_two_contract_managers_cannot_remove_each_other",)
REMOVED_ASKER = (f"{REQUESTS_TEST}::test_a_person_who_is_removed_while_they_ask_is_refused",)
DELETED_REQUEST = (f"{REQUESTS_TEST}::test_a_request_that_is_deleted_with_its_asker_is_not_answered",)

BY_THE_CLOCK = (
    Mutant(
        "of the holders of ended seats, the one who held theirs shortest comes first",
        TERMS,
        "order by ended.assigned_at,",
        "order by ended.assigned_at desc,",
        (f"{TERMS_TEST}::test_an_ended_subscription_takes_its_seats_back_and_the_holders_wait",),
    ),
    Mutant(
        "the sources of a moved seat are in the reverse order",
        TERMS,
        "order by r.place",
        "order by r.place desc",
        (f"{TERMS_TEST}::test_holders_move_to_the_renewal_before_others_are_served",),
        occurrence=1,
    ),
    Mutant(
        "people who lost their seat wait in the reverse order",
        TERMS,
        "order by r.place",
        "order by r.place desc",
        (f"{TERMS_TEST}::test_an_ended_subscription_takes_its_seats_back_and_the_holders_wait",),
        occurrence=2,
    ),
    Mutant(
        "two changes of a profile do not wait for each other",
        "db/people/profiles.py",
        ".with_for_update(key_share=True)",
        "",
        ("tests/db/people/test_profiles.py::test_two_changes_of_a_profile_wait_for_each_other",),
    ),
    Mutant(
        "a session that begins during the deletion of its account keeps its device",
        DELETIONS,
        " for update",
        "",
        (f"{DELETIONS_TEST}::test_a_session_that_begins_meanwhile_is_erased_too",),
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
        "a sweep waits for rows that another one is deleting",
        RETENTION,
        "for update skip locked",
        "for update",
        (f"{RETENTION_TEST}::test_a_row_that_another_worker_is_deleting_is_skipped",),
    ),
)

ASSIGNING = (
    Mutant(
        "available seats are locked in the reverse order of their ids",
        ASSIGNMENTS,
        "    order by s.id\n    limit",
        "    order by s.id desc\n    limit",
        (f"{ASSIGNMENTS_TEST}::test_while_it_waits_for_a_seat_it_has_locked_none_with_a_higher_id",),
    ),
    Mutant(
        "available seats are not locked",
        ASSIGNMENTS,
        "    for update of s {skip_locked}\n",
        "",
        (f"{ASSIGNMENTS_TEST}::test_the_last_seat_is_waited_for_and_assigned_once",),
    ),
    Mutant(
        "seats that other transactions have locked are not skipped",
        ASSIGNMENTS,
        'skip_locked="skip locked"',
        'skip_locked=""',
        (f"{ASSIGNMENTS_TEST}::test_a_seat_that_another_transaction_has_locked_is_skipped",),
    ),
    Mutant(
        "an assignment does not wait to be sure of a shortage",
        ASSIGNMENTS,
        'skip_locked=""',
        'skip_locked="skip locked"',
        (f"{ASSIGNMENTS_TEST}::test_the_last_seat_is_waited_for_and_assigned_once",),
    ),
    Mutant(
        "the last seat goes to the first person of the list",
        ASSIGNMENTS,
        "array_agg(id order by id)",
        "array_agg(id order by id desc)",
        FIRST_PERSON_FIRST_SEAT,
    ),
    Mutant(
        "the last people of the list are served first",
        ASSIGNMENTS,
        "array_agg(user_id order by place)",
        "array_agg(user_id order by place desc)",
        LAST_PEOPLE_UNSERVED,
    ),
    Mutant(
        "the order of the givers is reversed",
        ASSIGNMENTS,
        "array_agg(given_by order by place)",
        "array_agg(given_by order by place desc)",
        FIRST_PERSON_FIRST_SEAT,
    ),
    Mutant(
        "the history is written against the order of the list",
        ASSIGNMENTS,
        "given_by from taken order by n\n",
        "given_by from taken order by n desc\n",
        ("tests/resolvers/seats/test_assign.py::test_seats_are_given_in_the_order_of_the_list",),
    ),
    Mutant(
        "seats are returned in the reverse order of the list",
        ASSIGNMENTS,
        "from held\norder by n\n",
        "from held\norder by n desc\n",
        FIRST_PERSON_FIRST_SEAT,
    ),
    Mutant(
        "seats to be freed are locked in the reverse order of their ids",
        ASSIGNMENTS,
        "    order by s.id\n    for update\n",
        "    order by s.id desc\n    for update\n",
        FREED_IN_ORDER,
    ),
    Mutant(
        "seats to be freed are not locked",
        ASSIGNMENTS,
        "    order by s.id\n    for update\n",
        "    order by s.id\n",
        (f"{ASSIGNMENTS_TEST}::test_a_seat_that_moves_meanwhile_is_not_freed",),
    ),
    Mutant(
        "groups that still give a seat are returned in another order",
        ASSIGNMENTS,
        "order by r.group_id)",
        "order by r.group_id desc)",
        (f"{ASSIGNMENTS_TEST}::test_the_groups_that_still_give_a_seat_are_returned_in_the_order_of_their_ids",),
    ),
    Mutant(
        "freed seats are returned in another order",
        ASSIGNMENTS,
        "from kept\norder by id\n",
        "from kept\norder by id desc\n",
        FREED_IN_ORDER,
    ),
)

WAITING = (
    Mutant(
        "joining the waiting list does not wait for transactions that free seats",
        WAITING_LIST,
        "pg_advisory_xact_lock(hashtextextended(:team_id, 8374620197))",
        "pg_advisory_xact_lock(hashtextextended(:team_id, 8374620190))",
        (f"{LOCKS_EXCLUDE_EACH_OTHER}[joining-after-freeing]",),
    ),
    Mutant(
        "several transactions join the waiting list at the same time",
        WAITING_LIST,
        "pg_advisory_xact_lock(hashtextextended(:team_id, 8374620197))",
        "pg_advisory_xact_lock_shared(hashtextextended(:team_id, 8374620197))",
        (f"{LOCKS_EXCLUDE_EACH_OTHER}[joining-after-joining]",),
    ),
    Mutant(
        "freeing seats does not wait for transactions that join the waiting list",
        WAITING_LIST,
        'literal_column("8374620197")',
        'literal_column("8374620190")',
        (f"{LOCKS_EXCLUDE_EACH_OTHER}[freeing-after-joining]",),
    ),
    Mutant(
        "only one transaction at a time can free seats",
        WAITING_LIST,
        "pg_advisory_xact_lock_shared",
        "pg_advisory_xact_lock",
        (f"{WAITING_LIST_TEST}::test_two_transactions_can_free_seats_at_the_same_time",),
    ),
    Mutant(
        "all teams share one lock",
        WAITING_LIST,
        "pg_advisory_xact_lock(hashtextextended(:team_id, 8374620197))",
        "pg_advisory_xact_lock(hashtextextended(left(:team_id, 5), 8374620197))",
        (f"{WAITING_LIST_TEST}::test_teams_do_not_wait_for_each_other",),
    ),
    Mutant(
        "waits of people are locked in their reverse order",
        WAITING_LIST,
        "user_id = any(:user_ids)\norder by id for update",
        "user_id = any(:user_ids)\norder by id desc for update",
        (f"{FROM_THE_HEAD}[people]",),
    ),
    Mutant(
        "waits of people are not locked",
        WAITING_LIST,
        "user_id = any(:user_ids)\norder by id for update",
        "user_id = any(:user_ids)\norder by id",
        (f"{FROM_THE_HEAD}[people]",),
    ),
    Mutant(
        "waiting lists are served in the reverse order of their products",
        WAITING_LIST,
        "order by w.product_id\n",
        "order by w.product_id desc\n",
        (f"{WAITING_LIST_TEST}::test_waiting_lists_are_returned_in_the_order_of_their_products",),
    ),
    Mutant(
        "a waiting list is locked from its end",
        WAITING_LIST,
        "product_id = :product_id order by id for update",
        "product_id = :product_id order by id desc for update",
        (f"{FROM_THE_HEAD}[list]",),
    ),
    Mutant(
        "a waiting list is not locked",
        WAITING_LIST,
        "product_id = :product_id order by id for update",
        "product_id = :product_id order by id",
        (f"{FROM_THE_HEAD}[list]",),
    ),
    Mutant(
        "the last person of the list joins first",
        WAITING_LIST,
        "order by w.place\n",
        "order by w.place desc\n",
        JOINED,
    ),
    Mutant(
        "positions follow the ids of people",
        WAITING_LIST,
        "row_number() over (order by first.id)",
        "row_number() over ()",
        JOINED,
    ),
    Mutant(
        "a second source changes the position",
        WAITING_LIST,
        "        order by w.user_id, w.id\n    ) first\n) place",
        "        order by w.user_id, w.id desc\n    ) first\n) place",
        SECOND_SOURCE,
    ),
    Mutant(
        "a second source changes who is served next",
        WAITING_LIST,
        "    order by w.user_id, w.id\n) first\norder by",
        "    order by w.user_id, w.id desc\n) first\norder by",
        SECOND_SOURCE,
    ),
    Mutant(
        "the waiting list is served in the order of the ids of people",
        WAITING_LIST,
        "order by first.id\nlimit",
        "limit",
        (f"{WAITING_LIST_TEST}::test_the_first_person_who_joined_is_served_first",),
    ),
    Mutant(
        "waits become sources in the reverse order",
        WAITING_LIST,
        "order by gone.id\n",
        "order by gone.id desc\n",
        (f"{WAITING_LIST_TEST}::test_waits_become_sources_in_the_same_order",),
    ),
)

GIVEN = (
    Mutant(
        "several transactions change given products at the same time",
        GIVEN_PRODUCTS,
        "pg_advisory_xact_lock(",
        "pg_advisory_xact_lock_shared(",
        (f"{GIVEN_PRODUCTS_TEST}::test_one_transaction_at_a_time_changes_given_products",),
    ),
    Mutant(
        "only one team at a time can change its given products",
        GIVEN_PRODUCTS,
        "hashtextextended(:team_id, 2736450918)",
        "hashtextextended(left(:team_id, 5), 2736450918)",
        (f"{GIVEN_PRODUCTS_TEST}::test_another_team_can_change_its_given_products_meanwhile",),
    ),
    Mutant(
        "people without a seat are returned in the reverse order of the list",
        GIVEN_PRODUCTS,
        "order by p.place\n",
        "order by p.place desc\n",
        (f"{GIVEN_PRODUCTS_TEST}::test_people_without_a_seat_are_returned_in_the_order_of_the_list",),
    ),
    Mutant(
        "products of a group are returned in the reverse order of their ids",
        GIVEN_PRODUCTS,
        ".order_by(GroupProduct.product_id)",
        ".order_by(GroupProduct.product_id.desc())",
        BY_PRODUCT,
    ),
    Mutant(
        "products of a team are returned in the reverse order of their ids",
        GIVEN_PRODUCTS,
        ".order_by(DefaultProduct.product_id)",
        ".order_by(DefaultProduct.product_id.desc())",
        BY_PRODUCT,
        occurrence=1,
    ),
    Mutant(
        "active members are returned in the reverse order of their ids",
        GIVEN_PRODUCTS,
        ".order_by(Membership.user_id)",
        ".order_by(Membership.user_id.desc())",
        (f"{GIVEN_PRODUCTS_TEST}::test_active_members_are_returned_in_the_order_of_their_ids",),
    ),
    Mutant(
        "default products are given in the reverse order of their ids",
        GIVEN_PRODUCTS,
        ".order_by(DefaultProduct.product_id)",
        ".order_by(DefaultProduct.product_id.desc())",
        (f"{GIVEN_PRODUCTS_TEST}::test_defaults_are_given_in_the_order_of_their_ids",),
        occurrence=2,
    ),
    Mutant(
        "products of several groups are given in the order of the groups",
        GIVING,
        "due = sorted(product for product in given if product.user_ids)",
        "due = [product for product in given if product.user_ids]",
        (f"{GIVING_TEST}::test_products_of_several_groups_are_given_in_the_order_of_their_ids",),
    ),
)

PEOPLE = (
    Mutant(
        "members of a group are returned in the reverse order of their ids",
        GROUPS,
        ".order_by(GroupMember.user_id)",
        ".order_by(GroupMember.user_id.desc())",
        (f"{GROUPS_TEST}::test_members_of_a_group_are_returned_in_the_order_of_their_ids",),
    ),
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
        "an old mail has the first of its outcomes instead of the last",
        MAIL_STATES,
        "order by target_id, id desc",
        "order by target_id, id",
        (f"{MIGRATE_TEST}::test_mails_from_before_their_states_have_the_outcome_that_the_audit_log_knows",),
    ),
    Mutant(
        "people become members in the order of the list",
        INVITATIONS,
        " from people order by user_id\n",
        " from people\n",
        (f"{INVITATIONS_TEST}::test_people_become_members_in_the_order_of_their_ids",),
    ),
    Mutant(
        "the team is not locked while a manager is removed",
        MEMBERS,
        'Team.id == bindparam("team_id")).with_for_update(key_share=True)',
        'Team.id == bindparam("team_id"))',
        MANAGERS,
    ),
    Mutant(
        "nothing can refer to a team while a manager is removed",
        MEMBERS,
        'Team.id == bindparam("team_id")).with_for_update(key_share=True)',
        'Team.id == bindparam("team_id")).with_for_update()',
        (f"{MEMBERS_TEST}::test_a_group_can_be_created_while_a_contract_manager_is_removed",),
    ),
    Mutant(
        "memberships are locked in the reverse order of their ids",
        MEMBERS,
        ".order_by(Membership.user_id)",
        ".order_by(Membership.user_id.desc())",
        LOCKED_MEMBERS,
    ),
    Mutant(
        "memberships are not locked",
        MEMBERS,
        "        .with_for_update(key_share=True)\n",
        "",
        LOCKED_MEMBERS,
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
    Mutant(
        "nothing can refer to a membership that is locked",
        MEMBERS,
        "        .with_for_update(key_share=True)\n",
        "        .with_for_update()\n",
        (f"{MEMBERS_TEST}::test_a_locked_member_can_still_join_a_group",),
    ),
    Mutant(
        "the people that a filter finds come in the order of joining",
        MEMBER_LISTS,
        ".order_by(*BY_NAME)",
        ".order_by(BY_NAME[-1])",
        ("tests/resolvers/core/test_found_people.py::test_errors_name_the_people_that_a_filter_found",),
    ),
)

NAMING = (
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
)

ASKING = (
    Mutant(
        "the asker is not locked",
        REQUESTS,
        "    await members.lock(change.connection, team.id, [asker])\n",
        "",
        REMOVED_ASKER,
    ),
    Mutant(
        "the rights of the asker are not read again",
        REQUESTS,
        "    await change.reload_actor()\n",
        "",
        REMOVED_ASKER,
    ),
    Mutant(
        "the asker is not locked for the answer",
        REQUESTS,
        "    await members.lock(change.connection, request.team_id, [request.user_id])\n",
        "",
        DELETED_REQUEST,
    ),
    Mutant(
        "the request is not read again",
        REQUESTS,
        "    request = await _request(change, request.id)  # deleted if the asker has left the team\n",
        "",
        DELETED_REQUEST,
    ),
)

SERVING = (
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
        "events are read in the order of their ids",
        EVENTS,
        ".order_by(Event.transaction_id, Event.id)",
        ".order_by(Event.id)",
        (f"{EVENTS_TEST}::test_events_are_ordered_by_transaction_before_id",),
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

SIGNING_IN = (
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
        "two renewals of the recovery codes of an account do not wait for each other",
        SECOND_FACTORS,
        " for no key update",
        "",
        (f"{SECOND_FACTORS_TEST}::test_new_recovery_codes_wait_for_others_and_replace_them",),
    ),
    Mutant(
        "two changes of the settings of a team do not wait for each other",
        TEAM_SETTINGS,
        ".with_for_update(key_share=True)",
        "",
        (f"{TEAM_SETTINGS_TEST}::test_the_second_change_waits_and_sees_the_first",),
    ),
    Mutant(
        "two passkeys are added when an account may have one more",
        PASSKEYS,
        " for no key update",
        "",
        (f"{PASSKEYS_TEST}::test_a_second_addition_waits_and_counts_the_first",),
    ),
)

MUTANTS = (*ASSIGNING, *WAITING, *GIVEN, *PEOPLE, *NAMING, *ASKING, *SERVING, *BY_THE_CLOCK, *SIGNING_IN)
