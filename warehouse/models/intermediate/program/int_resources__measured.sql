-- One row per moment, initiative and measure of the people who worked on it then.
with promises as (
    select
        moment_at,
        count(*) as row_count
    from {{ ref('int_people__allocated') }}
    group by moment_at
),

over_allocated as (
    select
        loaded.moment_at,
        unnest(loaded.initiative_ids) as initiative_id,
        loaded.person_id,
        loaded.allocated_share,
        loaded.capacity_share
    from {{ ref('int_people__loaded') }} as loaded
    inner join {{ ref('int_moments') }} as moments on loaded.moment_at = moments.moment_at and loaded.month_date = moments.month_date
    where loaded.is_over_allocated
),

over_allocations as (
    select
        over_allocated.moment_at,
        over_allocated.initiative_id,
        count(*) as person_count,
        list(over_allocated.person_id order by over_allocated.allocated_share desc, over_allocated.person_id asc) as person_ids,
        string_agg(
            coalesce(people.display_name, over_allocated.person_id) || printf(
                ' is promised for %.0f %% of full time and has %.0f %%',
                100 * over_allocated.allocated_share, 100 * over_allocated.capacity_share
            ), '; ' order by over_allocated.allocated_share desc, over_allocated.person_id asc
        ) as told
    from over_allocated
    left join {{ ref('int_people__gathered') }} as people on over_allocated.person_id = people.person_id
    group by over_allocated.moment_at, over_allocated.initiative_id
),

open_work as (
    select
        looks.moment_at,
        items.initiative_id,
        items.assignee_person_id as person_id,
        count(*) as open_count
    from {{ ref('int_work_items__known') }} as items
    inner join {{ ref('int_looks__at_moments') }} as looks
        on looks.source = 'jira' and items.instance = looks.instance and {{ seen_at('items', 'looks') }}
    where
        items.is_work_item
        and not items.is_done
        and (items.removed_at is null or items.removed_at >= looks.known_at)
        and items.assignee_person_id is not null
    group by looks.moment_at, items.initiative_id, items.assignee_person_id
),

concentrations as (
    select
        open_work.moment_at,
        open_work.initiative_id,
        sum(open_work.open_count) as assigned_count,
        max(open_work.open_count) as most_count,
        arg_max(open_work.person_id, (open_work.open_count, open_work.person_id)) as person_id
    from open_work
    group by open_work.moment_at, open_work.initiative_id
)

select
    initiatives.moment_at,
    initiatives.initiative_id,
    'resources' as dimension,
    'over_allocated_person_count' as measure,
    case when promises.row_count > 0 then coalesce(over_allocations.person_count, 0) end as value,
    coalesce(over_allocations.person_ids, []) as evidence,
    case
        when promises.row_count is null then 'there is no allocations tab'
        else coalesce(over_allocations.told, 'Nobody is promised for more time than they have this month')
    end as detail
from {{ ref('int_initiatives__at_moments') }} as initiatives
left join promises on initiatives.moment_at = promises.moment_at
left join over_allocations
    on initiatives.moment_at = over_allocations.moment_at and initiatives.initiative_id = over_allocations.initiative_id
union all
select
    concentrations.moment_at,
    concentrations.initiative_id,
    'resources' as dimension,
    'open_work_concentration_share' as measure,
    case
        when concentrations.assigned_count >= {{ threshold('concentration_minimum_items') }}
            then concentrations.most_count / concentrations.assigned_count
    end as value,
    [concentrations.person_id] as evidence,
    coalesce(people.display_name, concentrations.person_id) || ' holds ' || concentrations.most_count || ' of '
    || concentrations.assigned_count || ' assigned open items' as detail
from concentrations
left join {{ ref('int_people__gathered') }} as people on concentrations.person_id = people.person_id
