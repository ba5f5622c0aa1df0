-- One row per moment and version of a registered model that was there then, with its run and what that told of its origin.
-- A run shows only the newest value of a metric, with when it was logged: what was logged after the moment was not there, and what stood
-- in its place is known from the version of the run that had landed by then (before the first: from that).
with landed_runs as (
    select
        mlflow_run_id,
        metric_log,
        valid_from
    from {{ ref('stg_mlflow__runs') }}
    union all
    select
        mlflow_run_id,
        metric_log,
        valid_from
    from {{ ref('stg_mlflow__superseded_runs') }}
    where mlflow_run_id in (select registered.mlflow_run_id from {{ ref('stg_mlflow__model_versions') }} as registered)
),

since as (
    select
        mlflow_run_id,
        metric_log,
        case when row_number() over (partition by mlflow_run_id order by valid_from) > 1 then valid_from else timestamp '-infinity' end
            as known_from
    from landed_runs
)

select
    moments.moment_at,
    moments.moment_date,
    versions.model_version_id,
    versions.model_id,
    versions.instance,
    versions.version,
    versions.mlflow_run_id,
    runs.mlflow_run_id is not null as has_run,
    coalesce(runs.gone_at <= moments.moment_at, false) as is_run_deleted,
    runs.experiment_id,
    coalesce(nullif(versions.tags['git_commit'], ''), nullif(versions.tags['mlflow.source.git.commit'], '')) as tagged_commit,
    coalesce(tagged_commit, runs.git_commit) as git_commit,
    case when tagged_commit is not null then 'tag of the version' when runs.git_commit is not null then 'run' end as commit_method,
    case
        when moments.week_date is null then runs.metrics
        else
            {{ map_of("list_transform(
                list_filter(since.metric_log, lambda entry: coalesce(entry['logged_at'], runs.started_at) <= looks.known_at),
                lambda entry: struct_pack(key := entry['key'], value := entry['value'])
            )") }}
    end as metrics,
    runs.datasets,
    versions.registry_stage,
    list_transform(
        list_filter(models.aliases, lambda item: item['version'] = versions.version), lambda item: item['alias']
    ) as aliases,
    versions.status,
    versions.description,
    versions.tags,
    versions.user_account,
    versions.created_at,
    runs.started_at as run_started_at,
    case when runs.ended_at <= looks.known_at then runs.ended_at end as run_ended_at
from {{ ref('stg_mlflow__model_versions') }} as versions
inner join {{ ref('int_moments') }} as moments on {{ valid_at('versions', 'moments.moment_at') }}
left join {{ ref('stg_mlflow__registered_models') }} as models
    on versions.model_id = models.model_id and {{ valid_at('models', 'moments.moment_at') }}
left join {{ ref('stg_mlflow__runs') }} as runs on versions.mlflow_run_id = runs.mlflow_run_id
asof left join since on versions.mlflow_run_id = since.mlflow_run_id and moments.moment_at >= since.known_from
left join {{ ref('int_looks__at_moments') }} as looks
    on moments.moment_at = looks.moment_at and looks.source = 'mlflow' and versions.instance = looks.instance
