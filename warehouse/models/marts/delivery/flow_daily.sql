-- One row per project, stage and local day from the stage's first issue on: the cumulative flow.
with moves as (
    select
        intervals.project_key,
        intervals.stage,
        {{ local_date('intervals.entered_at') }} as entered_date,
        {{ local_date('intervals.left_at') }} as left_date
    from {{ ref('int_issues__status_intervals') }} as intervals
    inner join {{ ref('stg_jira__issues') }} as issues on intervals.issue_id = issues.issue_id and not issues.is_subtask
    inner join {{ ref('int_issues__parented') }} as parented on intervals.issue_id = parented.issue_id and not parented.is_epic
    where intervals.stage is not null
),

steps as (
    select
        project_key,
        stage,
        entered_date as day_date,
        1 as delta
    from moves
    union all
    select
        project_key,
        stage,
        left_date as day_date,
        -1 as delta
    from moves
    where left_date is not null
),

deltas as (
    select
        project_key,
        stage,
        day_date,
        sum(delta) as delta
    from steps
    group by all
),

firsts as (
    select
        project_key,
        stage,
        min(day_date) as first_date
    from deltas
    group by all
),

stage_days as (
    select
        stages.project_key,
        stages.stage,
        days.day_date
    from firsts as stages
    inner join {{ ref('int_days__classified') }} as days
        on stages.first_date <= days.day_date and days.day_date <= {{ local_date(as_of()) }}
)

select
    stage_days.project_key,
    stage_days.stage,
    stage_days.day_date,
    cast(sum(coalesce(deltas.delta, 0)) over (
        partition by stage_days.project_key, stage_days.stage order by stage_days.day_date rows unbounded preceding
    ) as bigint) as issue_count
from stage_days
left join deltas using (project_key, stage, day_date)
