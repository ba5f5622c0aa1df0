-- One row per project with back-tests whose end is known, and one for the whole program.
select
    case when project_key is null then 'program' else 'project' end as scope_kind,
    coalesce(project_key, 'program') as scope_id,
    count(is_p80_hit) as backtest_count,
    count(*) filter (is_p50_hit) / nullif(count(is_p50_hit), 0) as p50_hit_share,
    count(*) filter (is_p80_hit) / nullif(count(is_p80_hit), 0) as p80_hit_share,
    count(*) filter (is_p95_hit) / nullif(count(is_p95_hit), 0) as p95_hit_share,
    min(cutoff_date) as first_cutoff_date,
    max(cutoff_date) as last_cutoff_date
from {{ ref('forecast_backtests') }}
group by grouping sets ((project_key), ())
having count(is_p80_hit) > 0
