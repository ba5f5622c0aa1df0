-- One row per moment and experiment that versions came from: how its runs had ended by then, and the newest that finished.
-- Summed before models are joined: several may share one experiment of many runs.
with experiments as (
    select distinct
        versions.moment_at,
        looks.known_at,
        versions.experiment_id
    from {{ ref('int_model_versions__at_moments') }} as versions
    inner join {{ ref('int_looks__at_moments') }} as looks
        on versions.moment_at = looks.moment_at and looks.source = 'mlflow' and versions.instance = looks.instance
    where versions.experiment_id is not null
),

runs as (
    select
        mlflow_run_id,
        experiment_id,
        status,
        ended_at,
        gone_at,
        git_commit is not null
        and len(list_filter(datasets, lambda item: item['digest'] is not null)) > 0
        and cardinality(params) > 0
        and len(list_intersect(map_keys(tags), (select list(tag) from {{ ref('environment_tags') }}))) > 0 as is_reproducible
    from {{ ref('stg_mlflow__runs') }}
    where status in ('FINISHED', 'FAILED', 'KILLED')
),

ended as (
    select
        experiments.moment_at,
        runs.*,
        runs.ended_at > experiments.moment_at - to_days(cast({{ threshold('run_failure_window_days') }} as integer)) as is_recent,
        row_number() over (
            partition by experiments.moment_at, experiments.experiment_id, runs.status
            order by runs.ended_at desc nulls last, runs.mlflow_run_id asc
        ) as newest_rank
    from experiments
    inner join runs on experiments.experiment_id = runs.experiment_id
    where
        coalesce(runs.ended_at <= experiments.known_at, true)
        and (runs.gone_at is null or runs.gone_at > experiments.moment_at)
)

select
    moment_at,
    experiment_id,
    count(*) filter (where is_recent) as run_count_30d,
    count(*) filter (where is_recent and status = 'FAILED') as failed_run_count_30d,
    list({ 'ended_at': ended_at, 'mlflow_run_id': mlflow_run_id, 'is_reproducible': is_reproducible })
    filter (where status = 'FINISHED' and newest_rank <= {{ threshold('reproducible_run_count') }}) as newest_finished
from ended
group by moment_at, experiment_id
