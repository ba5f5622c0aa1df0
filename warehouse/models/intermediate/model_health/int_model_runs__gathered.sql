-- One row per moment, model and run that counted for it: the runs of the experiments its versions came from, as they stood then.
with experiments as (
    select distinct
        moment_at,
        model_id,
        experiment_id
    from {{ ref('int_model_versions__at_moments') }}
    where experiment_id is not null
),

runs as (
    select
        mlflow_run_id,
        experiment_id,
        status,
        started_at,
        ended_at,
        gone_at,
        git_commit is not null
        and len(list_filter(datasets, lambda item: item['digest'] is not null)) > 0
        and cardinality(params) > 0
        and len(list_intersect(map_keys(tags), (select list(tag) from {{ ref('environment_tags') }}))) > 0 as is_reproducible
    from {{ ref('stg_mlflow__runs') }}
)

select
    experiments.moment_at,
    experiments.model_id,
    runs.mlflow_run_id,
    case when runs.ended_at > moments.runs_known_at then 'RUNNING' else runs.status end as status,
    runs.started_at,
    case when runs.ended_at <= moments.runs_known_at then runs.ended_at end as ended_at,
    runs.is_reproducible
from experiments
inner join {{ ref('int_moments') }} as moments on experiments.moment_at = moments.moment_at
inner join runs on experiments.experiment_id = runs.experiment_id
where
    coalesce(runs.started_at <= moments.runs_known_at, true)
    and (runs.gone_at is null or runs.gone_at > experiments.moment_at)
