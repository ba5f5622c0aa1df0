-- One row per scope (project, team, initiative, issue type, program), stage and local day from the stage's first work item on.
with moves as (
    select
        scoped.scope_kind,
        scoped.scope_id,
        intervals.stage,
        intervals.stage_rank,
        {{ local_date('intervals.entered_at') }} as entered_date,
        {{ local_date('intervals.left_at') }} as left_date
    from {{ ref('int_issues__status_intervals') }} as intervals
    inner join {{ ref('int_issues__scoped') }} as scoped on intervals.issue_id = scoped.issue_id
    where intervals.stage is not null
),

steps as (
    select
        scope_kind,
        scope_id,
        stage,
        stage_rank,
        entered_date as day_date,
        1 as delta
    from moves
    union all
    select
        scope_kind,
        scope_id,
        stage,
        stage_rank,
        left_date as day_date,
        -1 as delta
    from moves
    where left_date is not null
),

deltas as (
    select
        scope_kind,
        scope_id,
        stage,
        day_date,
        sum(delta) as delta
    from steps
    group by all
),

firsts as (
    select
        scope_kind,
        scope_id,
        stage,
        min(stage_rank) as stage_rank,
        min(day_date) as first_date
    from steps
    group by all
),

stage_days as (
    select
        firsts.scope_kind,
        firsts.scope_id,
        firsts.stage,
        firsts.stage_rank,
        days.day_date
    from firsts
    inner join {{ ref('int_days__classified') }} as days
        on firsts.first_date <= days.day_date and days.day_date <= {{ local_date(as_of()) }}
)

select
    stage_days.scope_kind,
    stage_days.scope_id,
    stage_days.stage,
    stage_days.stage_rank,
    stage_days.day_date,
    cast(sum(coalesce(deltas.delta, 0)) over (
        partition by stage_days.scope_kind, stage_days.scope_id, stage_days.stage order by stage_days.day_date rows unbounded preceding
    ) as bigint) as issue_count
from stage_days
left join deltas using (scope_kind, scope_id, stage, day_date)
