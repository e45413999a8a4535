"""What other systems got wrong with contracts, orders, invoices and notices: tests that would find it here.

The faults are named by the project and the number of its report, with what went wrong.
"""

import ast

import pytest

from gateway.runtime.settings import ROOT

AMENDMENTS = "tests/resolvers/contracts/test_amendments.py"
AMENDMENTS_AT_ONCE = "tests/resolvers/contracts/test_amendments_at_once.py"
ANNOUNCEMENTS = "tests/resolvers/contracts/test_announcements.py"
CALENDAR = "tests/resolvers/contracts/test_calendar.py"
KILLED = "tests/resolvers/contracts/test_calendar_killed.py"
MAILS = "tests/gateway/mail/test_notice_mails.py"
MONEY = "tests/resolvers/billing/test_money_adds_up.py"
ORDERS = "tests/resolvers/billing/test_orders.py"
PAYMENTS = "tests/resolvers/billing/test_payments.py"
RENEWALS = "tests/resolvers/contracts/test_renewals.py"
SETTLED = "tests/db/billing/test_payments.py"
STORED_ORDERS = "tests/db/billing/test_orders.py"
ZONES = "tests/resolvers/contracts/test_time_zones.py"

TESTS = {
    "polar#10664: renewals drift from the 31st": (
        f"{CALENDAR}::test_months_are_counted_from_the_first_day",
        f"{CALENDAR}::test_years_from_a_leap_day_come_back_to_it",
        f"{RENEWALS}::test_terms_are_counted_from_the_first_day",
    ),
    "polar#11129: a change of seats drops a scheduled one": (
        f"{AMENDMENTS}::test_an_amendment_never_drops_a_scheduled_change",
        f"{RENEWALS}::test_a_scheduled_number_is_ordered_and_no_other",
    ),
    "polar#10567: a price of 0 fails": (
        f"{AMENDMENTS}::test_new_seats_cost_their_part_of_the_term_and_today_counts",
        f"{CALENDAR}::test_a_price_of_0_is_renewed_with_an_order_and_without_an_invoice",
        f"{RENEWALS}::test_a_renewal_that_costs_nothing_has_an_order_and_no_invoice",
    ),
    "polar#12378: the text of a line does not multiply out": (
        f"{MONEY}::test_each_line_multiplies_out_and_the_lines_add_up",
        f"{MAILS}::test_the_lines_and_the_tax_of_an_order_add_up_in_its_mail",
    ),
    "killbill#127: nothing is billed after February": (
        f"{CALENDAR}::test_each_month_is_billed_once_also_after_february",
    ),
    "killbill#743: daylight saving moves a day": (
        f"{ZONES}::test_months_and_days_of_payment_cross_the_change_of_the_clocks",
        f"{ZONES}::test_the_calendar_goes_by_the_day_of_utc",
        f"{ZONES}::test_new_seats_are_paid_from_the_day_of_utc",
    ),
    "killbill#154: a line that was refunded is billed again": (
        f"{CALENDAR}::test_a_refunded_term_is_not_billed_again",
    ),
    "lago#6194: 42 of 91 days are billed as 42 of 42": (
        f"{AMENDMENTS}::test_new_seats_cost_their_part_of_the_term_and_today_counts",
        f"{STORED_ORDERS}::test_the_database_stores_the_amount_that_the_days_give",
    ),
    "lago#2643: credit notes exceed the invoice by a cent": (
        f"{PAYMENTS}::test_credit_notes_of_a_third_each_do_not_exceed_the_invoice_by_a_cent",
        f"{PAYMENTS}::test_credit_notes_never_exceed_the_invoice_and_have_numbers_without_gaps",
    ),
    "lago#1868: six workers bill a period twice": (
        f"{CALENDAR}::test_workers_at_the_same_time_renew_once",
        f"{KILLED}::test_a_killed_process_and_then_two_workers_at_once_end_in_the_same_rows",
    ),
    "lago#3618: an invoice is settled twice within milliseconds": (
        f"{SETTLED}::test_of_64_that_settle_an_invoice_at_once_one_does",
        f"{PAYMENTS}::test_of_many_payments_at_once_no_more_is_recorded_than_is_owed",
    ),
    "django-plans#118: two invoices have one number": (
        f"{ORDERS}::test_many_orders_at_once_have_invoice_numbers_without_gaps",
        f"{AMENDMENTS_AT_ONCE}::test_64_clients_who_try_again_all_get_their_seats",
    ),
    "akeebasubs#296: a mail says that a subscription ends, though it was renewed": (
        f"{ANNOUNCEMENTS}::test_nothing_is_told_of_a_term_that_was_renewed",
        f"{MAILS}::test_who_has_renewed_gets_no_mail_that_it_ends",
    ),
}


@pytest.mark.parametrize("tests", TESTS.values(), ids=TESTS.keys())
def test_there_are_tests_of_each_fault(tests: tuple[str, ...]) -> None:
    for one in tests:
        path, name = one.split("::")
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        functions = (ast.FunctionDef, ast.AsyncFunctionDef)
        assert name in {node.name for node in tree.body if isinstance(node, functions)}, one
