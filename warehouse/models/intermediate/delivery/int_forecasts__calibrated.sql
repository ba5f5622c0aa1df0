-- One row per scope of a forecast with back-tests: how such forecasts have held in the projects that its items are of.
with projects as (
    select distinct
        scoped.scope_kind,
        scoped.scope_id,
        issues.project_key
    from {{ ref('int_forecasts__scoped') }} as scoped
    inner join {{ ref('stg_jira__issues') }} as issues on scoped.issue_id = issues.issue_id
)

select
    projects.scope_kind,
    projects.scope_id,
    count(backtests.is_p80_hit) as backtest_count,
    count(*) filter (backtests.is_p80_hit) / nullif(count(backtests.is_p80_hit), 0) as p80_hit_share
from projects
inner join {{ ref('forecast_backtests') }} as backtests on projects.project_key = backtests.project_key
group by projects.scope_kind, projects.scope_id
