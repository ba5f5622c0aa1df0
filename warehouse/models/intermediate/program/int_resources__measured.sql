-- One row per initiative and measure of the people who work on it.
with present as (
    select
        cast(date_trunc('month', {{ local_date(as_of()) }}) as date) as month_date,
        (select count(*) from {{ ref('int_people__allocated') }}) as row_count
),

over_allocated as (
    select
        unnest(loaded.initiative_ids) as initiative_id,
        loaded.person_id,
        loaded.allocated_share,
        loaded.capacity_share
    from {{ ref('int_people__loaded') }} as loaded
    inner join present on loaded.month_date = present.month_date
    where loaded.is_over_allocated
),

over_allocations as (
    select
        over_allocated.initiative_id,
        count(*) as person_count,
        list(over_allocated.person_id order by over_allocated.allocated_share desc) as person_ids,
        string_agg(
            coalesce(people.display_name, over_allocated.person_id) || printf(
                ' for %.0f %% of %.0f %%', 100 * over_allocated.allocated_share, 100 * over_allocated.capacity_share
            ), ', '
        ) as told
    from over_allocated
    left join {{ ref('int_people__gathered') }} as people on over_allocated.person_id = people.person_id
    group by over_allocated.initiative_id
),

open_work as (
    select
        initiative_id,
        assignee_person_id as person_id,
        count(*) as open_count
    from {{ ref('issues') }}
    where
        initiative_id is not null and is_work_item and done_at is null and deleted_at is null and assignee_person_id is not null
    group by initiative_id, assignee_person_id
),

concentrations as (
    select
        open_work.initiative_id,
        sum(open_work.open_count) as assigned_count,
        max(open_work.open_count) as most_count,
        arg_max(open_work.person_id, open_work.open_count) as person_id
    from open_work
    group by open_work.initiative_id
)

select
    initiatives.initiative_id,
    'resources' as dimension,
    'over_allocated_person_count' as measure,
    case when present.row_count > 0 then coalesce(over_allocations.person_count, 0) end as value,
    coalesce(over_allocations.person_ids, []) as evidence,
    case
        when present.row_count = 0 then 'there is no allocations tab'
        else coalesce(over_allocations.told, 'nobody this month')
    end as detail
from {{ ref('int_initiatives__gathered') }} as initiatives
cross join present
left join over_allocations on initiatives.initiative_id = over_allocations.initiative_id
union all
select
    concentrations.initiative_id,
    'resources' as dimension,
    'open_work_concentration_share' as measure,
    -- Of a handful of items somebody always holds most.
    case when concentrations.assigned_count >= 6 then concentrations.most_count / concentrations.assigned_count end as value,
    [concentrations.person_id] as evidence,
    coalesce(people.display_name, concentrations.person_id) || ' holds ' || concentrations.most_count || ' of '
    || concentrations.assigned_count || ' assigned open items' as detail
from concentrations
left join {{ ref('int_people__gathered') }} as people on concentrations.person_id = people.person_id
