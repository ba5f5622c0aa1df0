-- One row per person and month of the allocations tab.
with open_work as (
    select
        assignee_person_id as person_id,
        count(*) as wip_count
    from {{ ref('issues') }}
    where is_in_progress and is_work_item and assignee_person_id is not null
    group by assignee_person_id
)

select
    loaded.person_id,
    loaded.month_date,
    loaded.allocated_share,
    loaded.capacity_share,
    coalesce(loaded.is_over_allocated, false) as is_over_allocated,
    loaded.initiative_ids,
    -- What somebody is at is known of the present alone.
    case
        when loaded.month_date = cast(date_trunc('month', {{ local_date(as_of()) }}) as date) then coalesce(open_work.wip_count, 0)
    end as wip_count
from {{ ref('int_people__loaded') }} as loaded
left join open_work on loaded.person_id = open_work.person_id
where loaded.moment_at = {{ as_of() }}
