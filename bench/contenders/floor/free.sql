with held as (
    select s.team_id, s.id, s.product_id, s.holder_id
    from seats s
    where s.team_id = $1 and s.holder_id = any($2::TEXT[] COLLATE "C")
      and (cast($3 as text) is null or s.product_id = $3)
      and s.product_id <> all($4::TEXT[] COLLATE "C")
    order by s.id
    for update
), dropped as (
    delete from seat_sources r using held
    where r.team_id = held.team_id and r.seat_id = held.id and (cast($5 as text) is null or (r.kind = $5 and r.group_id is not distinct from $6))
    returning r.seat_id
), kept as materialized (
    select held.*,
           exists (select from seat_sources r
                   where r.team_id = held.team_id and r.seat_id = held.id and not (cast($5 as text) is null or (r.kind = $5 and r.group_id is not distinct from $6))) as is_kept,
           array(select r.group_id from seat_sources r
                 where r.team_id = held.team_id and r.seat_id = held.id and not (cast($5 as text) is null or (r.kind = $5 and r.group_id is not distinct from $6))
                   and r.group_id is not null
                 order by r.group_id) as group_ids
    from held
), freed as (
    update seats set holder_id = null, assigned_at = null
    from kept
    where seats.team_id = kept.team_id and seats.id = kept.id and not kept.is_kept
    returning seats.team_id, seats.id
), closed as (
    update seat_history h set ended_at = clock_timestamp(), ended_by = $7
    from freed
    where h.team_id = freed.team_id and h.seat_id = freed.id and h.ended_at is null
)
select id as seat_id, holder_id as user_id, product_id, id in (select seat_id from dropped) as ended,
       not is_kept as freed, group_ids
from kept
order by id
