"""The floor's statements: as few as possible for each view. Each connection prepares each statement once."""

from pathlib import Path

FOLDER = Path(__file__).parent

VIEWER = """
select u.id, u.first_name, u.last_name, u.email
from sessions s join users u on u.id = s.user_id
where s.token_hash = $1 and s.ended_at is null and s.expires_at > now()
"""

OWN_SEATS = """
select s.id, s.assigned_at, p.id, p.name
from seats s join products p on p.id = s.product_id
where s.holder_id = $1 order by s.id limit 20
"""

ACTOR = """
select s.user_id, m.role, t.name
from sessions s
left join memberships m on m.user_id = s.user_id and m.team_id = $2
left join teams t on t.id = m.team_id
where s.token_hash = $1 and s.ended_at is null and s.expires_at > now()
"""

_MEMBERS = """
select m.id, m.role, m.created_at, u.id, u.first_name, u.last_name, u.email, u.name_key
from memberships m join users u on u.id = m.user_id
where m.team_id = $1 {after}
order by u.name_key, m.id
limit $2
"""
MEMBERS = _MEMBERS.format(after="")
MEMBERS_AFTER = _MEMBERS.format(after="and (u.name_key, m.id) > ($3, $4)")

SEATS = """
select s.holder_id, s.id, s.assigned_at, p.id, p.name, used.minutes, used.sessions, used.last_used_at
from seats s
join products p on p.id = s.product_id
cross join lateral (
    select coalesce(sum(u.minutes), 0) as minutes, coalesce(sum(u.sessions), 0) as sessions,
           max(u.last_used_at) as last_used_at
    from seat_usage u
    where u.team_id = s.team_id and u.seat_id = s.id and u.user_id = s.holder_id and u.day between $3 and $4
) used
where s.team_id = $1 and s.holder_id = any($2)
order by s.id
"""

HELD = """
select s.holder_id, s.id, s.assigned_at, p.id, p.name
from seats s join products p on p.id = s.product_id
where s.team_id = $1 and s.holder_id = any($2) order by s.id
"""

POOLS = """
select p.id, p.name, count(*), count(*) - count(s.holder_id)
from seats s
join subscriptions b on b.team_id = s.team_id and b.id = s.subscription_id
join products p on p.id = s.product_id
where s.team_id = $1 and s.retired_at is null and current_date between b.starts_on and b.held_until
  and (s.holder_id is not null or current_date <= b.ends_on)
group by p.id
order by p.name_key, p.id
"""

GROUPS = """
select m.user_id, g.id, g.name
from group_members m join groups g on g.team_id = m.team_id and g.id = m.group_id
where m.team_id = $1 and m.user_id = any($2)
order by g.name_key, g.id
"""

COUNTS = """
select holder_id, count(*) from seats where team_id = $1 and holder_id = any($2) group by holder_id
"""

LOCK = """
select user_id from memberships where team_id = $1 and user_id = any($2) order by user_id for no key update
"""

RECORD = """
with event as (
    insert into events (team_id, kind, payload) values ($1, $2, $5)
)
insert into audit_events
    (team_id, actor_kind, actor_id, action, target_id, before, after, facts, policy_hash, request_id)
select $1, 'person', $3, $2, $4, '{}', $5, '[]', hash, 'floor' from policies order by first_used_at desc limit 1
"""

# The statements that Usher sent at commit 6ea10f5 to assign seats and to take them back. They stay as they are, also
# when Usher sends other statements, so that every run measures Usher against the same work. Only the seats that are
# chosen follow the rule of today: not a retired one, and first those of the subscription that ends last.
TAKE = (FOLDER / "take.sql").read_text(encoding="utf-8")
TAKE_PARAMETERS = ("team_id", "product_id", "user_ids", "givers", "kind", "group_id")
FREE = (FOLDER / "free.sql").read_text(encoding="utf-8")
FREE_PARAMETERS = ("team_id", "user_ids", "product_id", "passed_over", "kind", "group_id", "by")
