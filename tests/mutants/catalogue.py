"""The mutants of SQL order and locks. Each has a name that says what is broken."""

from tests.mutants.mutant import Mutant

ASSIGNMENTS, ASSIGNMENTS_TEST = "db/seats/assignments.py", "tests/db/seats/test_assignments.py"
WAITS, WAITS_TEST = "db/seats/waiting_list.py", "tests/db/seats/test_waiting_list.py"
GIFTS, GIFTS_TEST = "db/groups/given_products.py", "tests/db/groups/test_given_products.py"
GROUPS, GROUPS_TEST = "db/groups/groups.py", "tests/db/groups/test_groups.py"
INVITING, INVITING_TEST = "db/invitations/bulk_invitations.py", "tests/db/invitations/test_bulk_invitations.py"
MEMBERS, MEMBERS_TEST = "db/people/members.py", "tests/db/people/test_members.py"
WORK, WORK_TEST = "db/queue/runner.py", "tests/db/queue/test_runner.py"
EVENTS, EVENTS_TEST = "db/audit/events.py", "tests/db/audit/test_events.py"
MIGRATE, MIGRATE_TEST = "db/core/migrate.py", "tests/db/core/test_migrate.py"
SEED, SEED_TEST = "db/demo/rows.py", "tests/db/demo/test_seed.py"
REQUESTS, REQUESTS_TEST = "resolvers/seats/seat_requests.py", "tests/resolvers/seats/test_seat_requests.py"
GIVING, GIVING_TEST = "resolvers/groups/seat_giving.py", "tests/resolvers/groups/test_seat_giving.py"
ERRORS, ERRORS_TEST = "gateway/runtime/errors.py", "tests/gateway/runtime/test_errors.py"

PAIRED = (f"{ASSIGNMENTS_TEST}::test_the_first_of_the_list_gets_the_seat_with_the_least_id",)
LEFT_OUT = (f"{ASSIGNMENTS_TEST}::test_the_last_of_the_list_get_no_seat",)
FREED_IN_ORDER = (f"{ASSIGNMENTS_TEST}::test_seats_to_be_freed_are_locked_in_the_order_of_their_ids",)
JOINED = (f"{WAITS_TEST}::test_people_join_in_the_order_of_the_list",)
SECOND_REASON = (f"{WAITS_TEST}::test_a_second_reason_neither_costs_nor_gains_a_place",)
FROM_THE_HEAD = f"{WAITS_TEST}::test_a_line_is_locked_from_its_head"
EACH_OTHER = f"{WAITS_TEST}::test_freeing_seats_and_joining_the_line_wait_for_each_other"
BY_PRODUCT = (f"{GIFTS_TEST}::test_products_come_in_the_order_of_their_ids",)
LOCKED_MEMBERS = (f"{MEMBERS_TEST}::test_a_wait_for_a_membership_locks_none_with_a_greater_id",)
MANAGERS = (f"{MEMBERS_TEST}::test_two_contract_managers_cannot_remove_each_other",)
REMOVED_ASKER = (f"{REQUESTS_TEST}::test_a_person_who_is_removed_while_they_ask_is_refused",)
GONE_REQUEST = (f"{REQUESTS_TEST}::test_a_request_that_goes_with_its_asker_is_not_answered",)

ASSIGNING = (
    Mutant(
        "free seats are locked against the order of their ids",
        ASSIGNMENTS,
        "    order by s.id\n    limit",
        "    order by s.id desc\n    limit",
        (f"{ASSIGNMENTS_TEST}::test_a_wait_for_a_seat_locks_none_with_a_greater_id",),
    ),
    Mutant(
        "free seats are not locked",
        ASSIGNMENTS,
        "    for update of s {skip_locked}\n",
        "",
        (f"{ASSIGNMENTS_TEST}::test_the_last_seat_is_waited_for_and_given_once",),
    ),
    Mutant(
        "seats that others take are not passed over",
        ASSIGNMENTS,
        'skip_locked="skip locked"',
        'skip_locked=""',
        (f"{ASSIGNMENTS_TEST}::test_a_seat_that_another_transaction_takes_is_passed_over",),
    ),
    Mutant(
        "a shortage is not waited for",
        ASSIGNMENTS,
        'skip_locked=""',
        'skip_locked="skip locked"',
        (f"{ASSIGNMENTS_TEST}::test_the_last_seat_is_waited_for_and_given_once",),
    ),
    Mutant(
        "the last seat goes to the first of the list",
        ASSIGNMENTS,
        "array_agg(id order by id)",
        "array_agg(id order by id desc)",
        PAIRED,
    ),
    Mutant(
        "the last of the list are served first",
        ASSIGNMENTS,
        "array_agg(user_id order by place)",
        "array_agg(user_id order by place desc)",
        LEFT_OUT,
    ),
    Mutant(
        "givers change their places",
        ASSIGNMENTS,
        "array_agg(given_by order by place)",
        "array_agg(given_by order by place desc)",
        PAIRED,
    ),
    Mutant(
        "seats are told against the order of the list",
        ASSIGNMENTS,
        "from held\norder by n\n",
        "from held\norder by n desc\n",
        PAIRED,
    ),
    Mutant(
        "seats to be freed are locked against the order of their ids",
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
        "groups that still give a seat are told in another order",
        ASSIGNMENTS,
        "order by r.group_id)",
        "order by r.group_id desc)",
        (f"{ASSIGNMENTS_TEST}::test_the_groups_that_still_give_a_seat_come_in_the_order_of_their_ids",),
    ),
    Mutant(
        "freed seats are told in another order",
        ASSIGNMENTS,
        "from kept\norder by id\n",
        "from kept\norder by id desc\n",
        FREED_IN_ORDER,
    ),
)

WAITING = (
    Mutant(
        "joining the line does not wait for those who free seats",
        WAITS,
        "pg_advisory_xact_lock(hashtextextended(:team_id, 8374620197))",
        "pg_advisory_xact_lock(hashtextextended(:team_id, 8374620190))",
        (f"{EACH_OTHER}[queueing-after-freeing]",),
    ),
    Mutant(
        "several join the line at the same time",
        WAITS,
        "pg_advisory_xact_lock(hashtextextended(:team_id, 8374620197))",
        "pg_advisory_xact_lock_shared(hashtextextended(:team_id, 8374620197))",
        (f"{EACH_OTHER}[queueing-after-queueing]",),
    ),
    Mutant(
        "freeing seats does not wait for those who join the line",
        WAITS,
        "pg_advisory_xact_lock_shared(hashtextextended(:team_id, 8374620197))",
        "pg_advisory_xact_lock_shared(hashtextextended(:team_id, 8374620190))",
        (f"{EACH_OTHER}[freeing-after-queueing]",),
    ),
    Mutant(
        "only one at a time may free seats",
        WAITS,
        "pg_advisory_xact_lock_shared",
        "pg_advisory_xact_lock",
        (f"{WAITS_TEST}::test_many_free_seats_at_the_same_time",),
    ),
    Mutant(
        "all teams share one line",
        WAITS,
        "pg_advisory_xact_lock(hashtextextended(:team_id, 8374620197))",
        "pg_advisory_xact_lock(hashtextextended(left(:team_id, 5), 8374620197))",
        (f"{WAITS_TEST}::test_teams_do_not_wait_for_each_other",),
    ),
    Mutant(
        "waits of people are locked against their order",
        WAITS,
        "user_id = any(:user_ids)\norder by id for update",
        "user_id = any(:user_ids)\norder by id desc for update",
        (f"{FROM_THE_HEAD}[people]",),
    ),
    Mutant(
        "waits of people are not locked",
        WAITS,
        "user_id = any(:user_ids)\norder by id for update",
        "user_id = any(:user_ids)\norder by id",
        (f"{FROM_THE_HEAD}[people]",),
    ),
    Mutant(
        "lines are served against the order of their products",
        WAITS,
        "order by w.product_id\n",
        "order by w.product_id desc\n",
        (f"{WAITS_TEST}::test_lines_come_in_the_order_of_their_products",),
    ),
    Mutant(
        "a line is locked from its end",
        WAITS,
        "product_id = :product_id order by id for update",
        "product_id = :product_id order by id desc for update",
        (f"{FROM_THE_HEAD}[line]",),
    ),
    Mutant(
        "a line is not locked",
        WAITS,
        "product_id = :product_id order by id for update",
        "product_id = :product_id order by id",
        (f"{FROM_THE_HEAD}[line]",),
    ),
    Mutant(
        "the last of the list joins first",
        WAITS,
        "order by w.place\n",
        "order by w.place desc\n",
        JOINED,
    ),
    Mutant(
        "positions follow the ids of people",
        WAITS,
        "row_number() over (order by first.id)",
        "row_number() over ()",
        JOINED,
    ),
    Mutant(
        "a second reason costs the position",
        WAITS,
        "        order by w.user_id, w.id\n    ) first\n) line",
        "        order by w.user_id, w.id desc\n    ) first\n) line",
        SECOND_REASON,
    ),
    Mutant(
        "a second reason costs the turn",
        WAITS,
        "    order by w.user_id, w.id\n) first\norder by",
        "    order by w.user_id, w.id desc\n) first\norder by",
        SECOND_REASON,
    ),
    Mutant(
        "the line is served in the order of the ids of people",
        WAITS,
        "order by first.id\nlimit",
        "limit",
        (f"{WAITS_TEST}::test_the_first_who_joined_is_served_first",),
    ),
    Mutant(
        "reasons change their order when a seat is given",
        WAITS,
        "order by gone.id\n",
        "order by gone.id desc\n",
        (f"{WAITS_TEST}::test_reasons_to_wait_become_sources_in_the_same_order",),
    ),
)

GIVEN = (
    Mutant(
        "several change what a team gives at the same time",
        GIFTS,
        "pg_advisory_xact_lock(",
        "pg_advisory_xact_lock_shared(",
        (f"{GIFTS_TEST}::test_one_transaction_at_a_time_changes_what_is_given",),
    ),
    Mutant(
        "one team at a time may change what it gives",
        GIFTS,
        "hashtextextended(:team_id, 2736450918)",
        "hashtextextended(left(:team_id, 5), 2736450918)",
        (f"{GIFTS_TEST}::test_another_team_may_change_meanwhile",),
    ),
    Mutant(
        "those who lack a seat come against the order of the list",
        GIFTS,
        "order by p.place\n",
        "order by p.place desc\n",
        (f"{GIFTS_TEST}::test_those_who_lack_a_seat_come_in_the_order_of_the_list",),
    ),
    Mutant(
        "products of a group come against the order of their ids",
        GIFTS,
        ".order_by(GroupProduct.product_id)",
        ".order_by(GroupProduct.product_id.desc())",
        BY_PRODUCT,
    ),
    Mutant(
        "products of a team come against the order of their ids",
        GIFTS,
        "query.order_by(DefaultProduct.product_id)",
        "query.order_by(DefaultProduct.product_id.desc())",
        BY_PRODUCT,
    ),
    Mutant(
        "active members come against the order of their ids",
        GIFTS,
        "query.order_by(Membership.user_id)",
        "query.order_by(Membership.user_id.desc())",
        (f"{GIFTS_TEST}::test_active_members_come_in_the_order_of_their_ids",),
    ),
    Mutant(
        "defaults are given against the order of their ids",
        GIFTS,
        "        .order_by(DefaultProduct.product_id)\n",
        "        .order_by(DefaultProduct.product_id.desc())\n",
        (f"{GIFTS_TEST}::test_defaults_are_given_in_the_order_of_their_ids",),
    ),
    Mutant(
        "products of several groups are given in the order of the groups",
        GIVING,
        "due = sorted(gift for gift in given if gift.user_ids)",
        "due = [gift for gift in given if gift.user_ids]",
        (f"{GIVING_TEST}::test_products_of_several_groups_are_given_in_the_order_of_their_ids",),
    ),
)

PEOPLE = (
    Mutant(
        "people of a group come against the order of their ids",
        GROUPS,
        "query.order_by(GroupMember.user_id)",
        "query.order_by(GroupMember.user_id.desc())",
        (f"{GROUPS_TEST}::test_people_of_a_group_come_in_the_order_of_their_ids",),
    ),
    Mutant(
        "addresses lose their order",
        INVITING,
        "order by w.place\n",
        "order by w.place desc\n",
        (f"{INVITING_TEST}::test_addresses_keep_the_order_in_which_they_were_given",),
    ),
    Mutant(
        "accounts are opened in the order of the list",
        INVITING,
        "order by lower(w.email)\n",
        "",
        (f"{INVITING_TEST}::test_accounts_are_opened_in_the_order_of_their_addresses",),
    ),
    Mutant(
        "people become members in the order of the list",
        INVITING,
        " from people order by user_id\n",
        " from people\n",
        (f"{INVITING_TEST}::test_people_become_members_in_the_order_of_their_ids",),
    ),
    Mutant(
        "the team is not locked while a manager is removed",
        MEMBERS,
        "Team.id == team_id).with_for_update(key_share=True))",
        "Team.id == team_id))",
        MANAGERS,
    ),
    Mutant(
        "nothing can refer to a team while a manager is removed",
        MEMBERS,
        "Team.id == team_id).with_for_update(key_share=True))",
        "Team.id == team_id).with_for_update())",
        (f"{MEMBERS_TEST}::test_a_team_can_get_a_group_while_a_manager_is_removed",),
    ),
    Mutant(
        "memberships are locked against the order of their ids",
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
        "nothing can refer to a membership that is locked",
        MEMBERS,
        "        .with_for_update(key_share=True)\n",
        "        .with_for_update()\n",
        (f"{MEMBERS_TEST}::test_a_locked_member_can_still_join_a_group",),
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
        "the asker is not looked at again",
        REQUESTS,
        "    await change.look_again()\n",
        "",
        REMOVED_ASKER,
    ),
    Mutant(
        "the asker is not locked for the answer",
        REQUESTS,
        "    await members.lock(change.connection, request.team_id, [request.user_id])\n",
        "",
        GONE_REQUEST,
    ),
    Mutant(
        "the request is not looked at again",
        REQUESTS,
        "    request = await _request(change, request.id)  # it goes with its asker\n",
        "",
        GONE_REQUEST,
    ),
)

SERVING = (
    Mutant(
        "a lack of connections is an internal error",
        ERRORS,
        "isinstance(cause, PoolTimeout) or state in BUSY",
        "state in BUSY",
        (f"{ERRORS_TEST}::test_without_a_connection_the_client_is_told_to_try_again",),
    ),
    Mutant(
        "a worker does not claim its job",
        WORK,
        "select pg_try_advisory_lock(hashtextextended('usher job', id)) as mine",
        "select true as mine",
        (f"{WORK_TEST}::test_a_job_that_another_worker_has_claimed_is_put_off",),
    ),
    Mutant(
        "a worker keeps the claim to a job that is done",
        WORK,
        "select pg_advisory_unlock(hashtextextended('usher job', $1))",
        "select hashtextextended('usher job', $1)",
        (f"{WORK_TEST}::test_a_worker_lets_go_of_a_job_that_is_done",),
    ),
    Mutant(
        "events are read in the order of their ids",
        EVENTS,
        ".order_by(Event.transaction_id, Event.id)",
        ".order_by(Event.id)",
        (f"{EVENTS_TEST}::test_a_lower_id_in_a_later_transaction_comes_later",),
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
        (f"{SEED_TEST}::test_of_two_at_once_the_second_waits_and_is_refused",),
    ),
)

MUTANTS = (*ASSIGNING, *WAITING, *GIVEN, *PEOPLE, *ASKING, *SERVING)
