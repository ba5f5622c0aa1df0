-- One row per back-test whose open count was reached: when the project had really finished as many work items.
with finished as (
    select
        issues.project_key,
        timed.done_at
    from {{ ref('stg_jira__issues') }} as issues
    inner join {{ ref('int_issues__parented') }} as parented on issues.issue_id = parented.issue_id and not parented.is_epic
    inner join {{ ref('int_issues__timed') }} as timed on issues.issue_id = timed.issue_id
    where not issues.is_subtask and timed.done_at is not null and timed.is_delivered
),

numbered as (
    select
        backtests.forecast_id,
        backtests.remaining_count,
        finished.done_at,
        row_number() over (partition by backtests.forecast_id order by finished.done_at) as finished_rank
    from {{ ref('int_backtests__prepared') }} as backtests
    inner join finished on backtests.project_key = finished.project_key and backtests.cutoff_at <= finished.done_at
)

select
    forecast_id,
    {{ local_date('done_at') }} as actual_date
from numbered
where finished_rank = remaining_count
