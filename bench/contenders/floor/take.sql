with held as (
    select s.holder_id from seats s
    where s.team_id = $1 and s.product_id = $2 and s.holder_id = any($3::TEXT[] COLLATE "C")
), wanted as (
    select w.user_id, w.given_by, w.place
    from unnest($3::TEXT[] COLLATE "C", $4::TEXT[] COLLATE "C") with ordinality as w (user_id, given_by, place)
    where w.user_id not in (select holder_id from held)
), active as (
    select p.id, p.ends_on from subscriptions p
    where p.team_id = $1 and p.product_id = $2 and current_date between p.starts_on and p.ends_on
    order by p.ends_on desc, p.id
), free as (
    select active.ends_on, active.id as subscription_id, seat.id
    from active
    cross join lateral (
        select s.id from seats s
        where s.team_id = $1 and s.product_id = $2 and s.subscription_id = active.id
          and s.holder_id is null and s.retired_at is null
        order by s.id
        limit (select count(*) from wanted)
        for update skip locked
    ) seat
    order by active.ends_on desc, active.id
    limit (select count(*) from wanted)
), paired as materialized (
    select cast($1 as text) as team_id, pair.id, pair.user_id, pair.given_by, pair.n
    from unnest(
        (select array_agg(id order by ends_on desc, subscription_id, id) from free),
        (select array_agg(user_id order by place) from wanted),
        (select array_agg(given_by order by place) from wanted)
    ) with ordinality as pair (id, user_id, given_by, n)
    where pair.id is not null
), taken as (
    update seats
    set holder_id = paired.user_id, assigned_at = clock_timestamp()
    from paired
    where seats.team_id = paired.team_id and seats.id = paired.id
    returning seats.id, seats.team_id, seats.product_id, seats.holder_id, seats.assigned_at, paired.given_by,
              paired.n
), sourced as (
    insert into seat_sources (team_id, seat_id, holder_id, kind, group_id, created_at)
    select team_id, id, holder_id, cast($5 as text), cast($6 as text), assigned_at from taken
    where cast($5 as text) is not null
), opened as (
    insert into seat_history (team_id, seat_id, product_id, holder_id, started_at, started_by)
    select team_id, id, product_id, holder_id, assigned_at, given_by from taken order by n
)
select id as seat_id, team_id as seat_team_id, product_id as seat_product_id, holder_id as seat_holder_id,
       cast(to_json(assigned_at) as text) as seat_assigned_at, n
from taken
union all
select null, null, null, holder_id, null, null from held
order by n
