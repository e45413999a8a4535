"""The mutants of the area seats: who gets a seat, who waits, and what happens when a subscription ends."""

from tests.mutants.mutant import Mutant

ASSIGNMENTS, ASSIGNMENTS_TEST = "db/seats/assignments.py", "tests/db/seats/test_assignments.py"
WAITING_LIST, WAITING_LIST_TEST = "db/seats/waiting_list.py", "tests/db/seats/test_waiting_list.py"
REQUESTS, REQUESTS_TEST = "resolvers/seats/seat_requests.py", "tests/resolvers/seats/test_seat_requests.py"
TERMS, TERMS_TEST = "db/seats/terms.py", "tests/resolvers/seats/test_terms.py"

FIRST_PERSON_FIRST_SEAT = (f"{ASSIGNMENTS_TEST}::test_the_first_person_gets_the_seat_with_the_lowest_id",)
LAST_PEOPLE_UNSERVED = (f"{ASSIGNMENTS_TEST}::test_the_last_people_of_the_list_get_no_seat",)
FREED_IN_ORDER = (f"{ASSIGNMENTS_TEST}::test_seats_to_be_freed_are_locked_in_the_order_of_their_ids",)
JOINED = (f"{WAITING_LIST_TEST}::test_people_join_in_the_order_of_the_list",)
SECOND_SOURCE = (f"{WAITING_LIST_TEST}::test_a_second_source_does_not_change_the_position",)
FROM_THE_HEAD = f"{WAITING_LIST_TEST}::test_a_waiting_list_is_locked_from_its_head"
LOCKS_EXCLUDE_EACH_OTHER = f"{WAITING_LIST_TEST}::test_freeing_seats_and_joining_the_waiting_list_wait_for_each_other"
REMOVED_ASKER = (f"{REQUESTS_TEST}::test_a_person_who_is_removed_while_they_ask_is_refused",)
DELETED_REQUEST = (f"{REQUESTS_TEST}::test_a_request_that_is_deleted_with_its_asker_is_not_answered",)

MUTANTS = (
    Mutant(
        "available seats are locked in the reverse order of their ids",
        ASSIGNMENTS,
        "        order by s.id\n        limit",
        "        order by s.id desc\n        limit",
        (f"{ASSIGNMENTS_TEST}::test_while_it_waits_for_a_seat_it_has_locked_none_with_a_higher_id",),
    ),
    Mutant(
        "the subscription that ends first gives its seats first",
        ASSIGNMENTS,
        "order by active.ends_on desc, active.id",
        "order by active.ends_on, active.id",
        (f"{ASSIGNMENTS_TEST}::test_no_seat_is_locked_in_a_subscription_that_is_not_needed",),
    ),
    Mutant(
        "available seats are not locked",
        ASSIGNMENTS,
        "        for update {skip_locked}\n",
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
        "array_agg(id order by ends_on desc, subscription_id, id)",
        "array_agg(id order by ends_on desc, subscription_id, id desc)",
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
)
