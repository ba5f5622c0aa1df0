-- One row per milestone of the roadmap.
with planned as (
    select
        coalesce(milestone_id, initiative_id || ' / ' || milestone_name) as milestone_id,
        coalesce(initiative_id, initiative_name) as initiative_id,
        milestone_name,
        baseline_date,
        target_date,
        done_date,
        faulty_columns,
        row_number,
        row_id
    from {{ ref('stg_sheets__roadmap') }}
    where is_in_force and coalesce(milestone_id, milestone_name) is not null
),

first_targets as (
    -- Without a baseline date the first target that was landed stands for it.
    select
        row_id,
        arg_min(target_date, valid_from) filter (where target_date is not null) as target_date
    from {{ ref('stg_sheets__roadmap') }}
    group by row_id
)

select
    planned.milestone_id,
    planned.initiative_id,
    coalesce(planned.milestone_name, planned.milestone_id) as name,
    coalesce(planned.baseline_date, first_targets.target_date) as baseline_date,
    planned.target_date,
    planned.done_date,
    list_contains(planned.faulty_columns, 'target') as is_target_faulty
from planned
left join first_targets on planned.row_id = first_targets.row_id
where planned.milestone_id is not null
qualify row_number() over (partition by planned.milestone_id order by planned.row_number) = 1
