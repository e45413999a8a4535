"""The sites without a mutant: they change neither which person gets a seat nor which transaction waits."""

from typing import NamedTuple

PAGE = "It orders the rows of a page."
LIST = "It orders a list that is only shown."
LOG = "It orders the audit log for reading."
IMPACT = "It orders what a change of the policy would do, for reading."
REPLACED = "A later revision replaces the function."
PLACES = "It chooses which place of a sign-in is forgotten."
SESSION = "It chooses which of several valid sessions in cookies counts."
READ_AHEAD = "It offers the planner an order that it needs later; that later order has a mutant."
MIGRATED = "It orders rows that a migration makes, for the same rows on every server."
CHOSEN = "A test of the calendar's model chooses the seats in this order."
VERSION = "The version that the caller saw, or a condition in the statement, decides between two changes at once."
TERMS = "It copies terms or seats, of which constraints refuse a wrong order."
DEFAULT = "It chooses the newest of several contracts."
NOTIFIED = "A unique key lets each person be told of an event once, in any order."
SOLD = "A test withdraws a product and sells it at once: one waits for the other."
LOCKED_BEFORE = "The transaction has locked the memberships of these people before, in this order."


class Exclusion(NamedTuple):
    """A line of a file that has such sites, the reason, and how many times the line occurs in the file."""

    file: str
    line: str
    reason: str
    times: int = 1


EXCLUSIONS = (
    Exclusion("db/billing/order_documents.py", "order by l.n)", LIST),
    Exclusion("db/billing/order_documents.py", "order by n.number)", LIST),
    Exclusion(
        "db/catalogue/products.py",
        'PRODUCTS.apply_to(select().where(Product.id == bindparam("id", type_=ID)).with_for_update(read=True)),',
        SOLD,
    ),
    Exclusion(
        "db/catalogue/products.py",
        'PRODUCTS.apply_to(select().where(Product.id == bindparam("id", type_=ID)).with_for_update(key_share=True)),',
        SOLD,
    ),
    Exclusion("db/seats/assignments.py", "order by p.ends_on desc, p.id", READ_AHEAD),
    Exclusion("db/access/credentials.py", "order by wanted.place", SESSION),
    Exclusion("db/invitations/member_updates.py", "order by g.group_id", LIST),
    Exclusion("db/invitations/member_updates.py", "order by m.id", LIST),
    Exclusion(
        "db/people/members.py",
        "insert into removed_members (team_id, user_id) select team_id, user_id from gone order by user_id",
        LOCKED_BEFORE,
    ),
    Exclusion(
        "db/access/sign_in_places.py", "order by p.last_at desc, p.place offset 9 for update of p skip locked", PLACES
    ),
    Exclusion(
        "db/core/paging.py",
        "return paged.order_by(parent, *(key.desc() if definition.descending else key.asc() for key in order)), "
        "definition",
        PAGE,
    ),
    Exclusion(
        "db/core/paging.py",
        "return query.order_by(*(key.desc() if falling else key.asc() for key in keys)).limit(page.size)",
        PAGE,
    ),
    Exclusion(
        "db/catalogue/products.py",
        "return select().where(Release.product_id == any_of(product_ids))"
        ".order_by(Release.released_on.desc(), Release.id)",
        LIST,
    ),
    Exclusion(
        "db/core/text_renewal.py",
        "union all select id, name from teams where strpos(name_fold, '{MARK}') > 0 order by id",
        LIST,
    ),
    Exclusion("db/migrations/versions/0005_name_keys.py", "where u.id = new.user_id for no key update;", REPLACED),
    Exclusion(
        "db/migrations/versions/0005_name_keys.py", "order by m.user_id, m.team_id for no key update of m;", REPLACED
    ),
    Exclusion("db/audit/audit_people.py", "order by p.audit_id, p.user_id", LOG),
    Exclusion("db/audit/audit_people.py", "order by e.id, u.id", LOG),
    Exclusion(
        "db/migrations/versions/0017_personal_values.py",
        "jsonb_build_object('personal', (select jsonb_agg(key order by key) from jsonb_each({_personal(column)})))",
        LOG,
    ),
    Exclusion(
        "db/migrations/versions/0017_personal_values.py",
        "'users', (select jsonb_agg(key order by key) from jsonb_each({column} -> 'externalIds'))",
        LOG,
    ),
    Exclusion("db/seats/pools.py", ".order_by(Product.name_key, Seat.product_id)", LIST),
    Exclusion("db/groups/given_products.py", ".order_by(Product.name_key, Product.id)", LIST, times=2),
    Exclusion("db/seats/member_seats.py", ".order_by(Product.name_key, Product.id)", LIST, times=2),
    Exclusion("db/seats/seats.py", ".order_by(SeatSource.id)", LIST),
    Exclusion("db/seats/waits.py", "return _rows().where(*of_theirs).order_by(Wait.id)", LIST),
    Exclusion(
        "db/audit/audit_log.py",
        "return select().where(*bounds).order_by(AuditEvent.id).limit(limit)",
        LOG,
    ),
    Exclusion(
        "db/audit/policy_impact.py",
        "row_number() over (held order by t.name, t.id, m.name_key, u.id) as place",
        IMPACT,
    ),
    Exclusion("db/audit/policy_impact.py", "order by role, separation_of_duties, place", IMPACT),
    Exclusion(
        "db/audit/policy_impact.py",
        "select *, count(*) over held as total, row_number() over (held order by team, team_id, name, id) as place",
        IMPACT,
    ),
    Exclusion(
        "db/audit/policy_impact.py",
        "array(select scope from unnest(t.scopes) scope where scope = any(:scopes) order by scope) as scopes",
        IMPACT,
    ),
    Exclusion("db/audit/policy_impact.py", "order by role, separation_of_duties, scopes, place", IMPACT),
    Exclusion("db/billing/invoices.py", ".order_by(Invoice.id, table.id)", LIST),
    Exclusion("db/billing/invoices.py", ".order_by(Invoice.team_id, MONTH, Invoice.currency)", LIST),
    Exclusion("db/billing/order_lines.py", ".order_by(Order.id, OrderLine.n)", LIST),
    Exclusion(
        "db/billing/upcoming_payments.py",
        "return select(*both.c).order_by(both.c.parent_id, both.c.due_on, first)",
        LIST,
    ),
    Exclusion(
        "db/contracts/amendments.py",
        '"lock_subscription", SubscriptionRow, select(*SUBSCRIPTIONS).where(*ROW).with_for_update(key_share=True)',
        VERSION,
    ),
    Exclusion(
        "db/contracts/announcements.py",
        "order by team_id",
        NOTIFIED,
    ),
    Exclusion("db/contracts/contract_changes.py", "for share", VERSION),
    Exclusion("db/contracts/contracts.py", "order by c.id desc limit 1", DEFAULT),
    Exclusion("db/contracts/contracts.py", ".order_by(ContractTeam.contract_id, Team.id)", LIST),
    Exclusion("db/contracts/renewals.py", "order by t.n", TERMS),
    Exclusion("db/contracts/seat_changes.py", "order by id", TERMS),
    Exclusion("db/contracts/seat_changes.py", "for update", VERSION),
    Exclusion("db/contracts/seat_moves.py", "order by id for no key update", VERSION),
    Exclusion("db/contracts/seat_moves.py", "order by t.n", TERMS),
    Exclusion("db/contracts/seat_moves.py", "order by o.id limit 1", TERMS),
    Exclusion(
        "db/contracts/seat_moves.py", "select row_number() over (order by t.n) as n, t.starts_on, t.ends_on,", TERMS
    ),
    Exclusion(
        "db/contracts/seat_moves.py",
        "lag(t.ends_on) over (order by t.n) as previous, t.anchor_on, t.step, t.months, t.unit_price",
        TERMS,
    ),
    Exclusion("db/contracts/subscription_seats.py", ".order_by(SeatChange.subscription_id, SeatChange.n)", LIST),
    Exclusion(
        "db/contracts/subscription_seats.py",
        'func.row_number().over(partition_by=ScheduledChange.id, order_by=order).label("place"),',
        LIST,
    ),
    Exclusion("db/contracts/subscription_seats.py", ".order_by(places.c.change_id, places.c.place)", LIST),
    Exclusion("db/contracts/subscription_terms.py", ".order_by(Subscription.id, SubscriptionTerm.n)", LIST),
    Exclusion("db/migrations/versions/0027_contracts.py", "order by m.accepted_at, m.user_id limit 1)", MIGRATED),
    Exclusion(
        "db/migrations/versions/0027_contracts.py",
        "from (select distinct team_id from subscriptions) s order by s.team_id",
        MIGRATED,
    ),
    Exclusion(
        "db/migrations/versions/0027_contracts.py", "where scope <> all(array[{NEW_SCOPES}]) order by place)", MIGRATED
    ),
    Exclusion("db/notices/notice_mails.py", "order by l.n) as lines", LIST),
    Exclusion(
        "db/notices/notice_mails.py",
        'text(f"{TOLD} where n.user_id = :user_id and n.digest_id = :digest_id order by n.created_at, n.id"),',
        LIST,
    ),
    Exclusion("db/notices/notices.py", "from chosen where delivery <> 'off' order by event_key, user_id", NOTIFIED),
    Exclusion("db/notices/notices.py", "order by id for update", NOTIFIED),
    Exclusion("db/notices/notices.py", "select user_id, digest_id from firsts order by user_id", NOTIFIED),
    Exclusion(
        "db/notices/rehearsed_notices.py",
        "where created_at = now() group by team_id, event_key order by min(id)",
        LIST,
    ),
    Exclusion("db/notices/preferences.py", ".order_by(Membership.id, _KINDS.c.place)", LIST),
    Exclusion(
        "db/notices/preferences.py",
        'text("select id from memberships where team_id = :team_id and user_id = :user_id for key share"),',
        NOTIFIED,
    ),
    Exclusion(
        "db/seats/retired.py",
        "order by s.id = any(:seat_ids) desc, s.holder_id is not null, s.assigned_at desc, s.id desc",
        CHOSEN,
    ),
    Exclusion(
        "db/notices/vendor_announcements.py",
        'ALL_TEAMS = Statement("all_team_ids", str, text("select id from teams order by id"))',
        NOTIFIED,
    ),
    Exclusion(
        "db/notices/vendor_announcements.py",
        'text("select id from teams where id = any(:team_ids) order by id").bindparams(',
        NOTIFIED,
    ),
)
