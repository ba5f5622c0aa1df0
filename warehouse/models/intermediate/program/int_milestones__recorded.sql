-- One row per moment and milestone of the roadmap, as the roadmap was known then.
with planned as (
    select
        moments.moment_at,
        moments.moment_rank,
        coalesce(roadmap.milestone_id, roadmap.initiative_id || ' / ' || roadmap.milestone_name) as milestone_id,
        coalesce(roadmap.initiative_id, roadmap.initiative_name) as initiative_id,
        roadmap.milestone_name,
        roadmap.baseline_date,
        roadmap.target_date,
        roadmap.done_date,
        roadmap.faulty_columns,
        roadmap.row_number,
        roadmap.row_id
    from {{ ref('stg_sheets__roadmap') }} as roadmap
    inner join {{ ref('int_moments') }} as moments on {{ in_force_at('roadmap', 'moments.moment_at') }}
    where coalesce(roadmap.milestone_id, roadmap.milestone_name) is not null
),

first_targets as (
    -- Without a baseline date the first target that was landed stands for it.
    select
        row_id,
        arg_min(target_date, valid_from) as target_date,
        min(valid_from) as landed_at
    from {{ ref('stg_sheets__roadmap') }}
    where target_date is not null
    group by row_id
)

select
    planned.moment_at,
    planned.moment_rank,
    planned.milestone_id,
    planned.initiative_id,
    coalesce(planned.milestone_name, planned.milestone_id) as name,
    coalesce(planned.baseline_date, first_targets.target_date) as baseline_date,
    case
        when planned.baseline_date is not null then 'roadmap'
        when first_targets.target_date is not null then 'first target'
    end as baseline_method,
    planned.target_date,
    planned.done_date,
    list_contains(planned.faulty_columns, 'target') as is_target_faulty
from planned
left join first_targets on planned.row_id = first_targets.row_id and planned.moment_at >= first_targets.landed_at
where planned.milestone_id is not null
qualify row_number() over (partition by planned.moment_at, planned.milestone_id order by planned.row_number) = 1
