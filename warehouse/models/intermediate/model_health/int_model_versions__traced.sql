-- One row per live version of a registered model, with its run and what that tells of its origin.
select
    versions.model_version_id,
    versions.model_id,
    versions.instance,
    versions.version,
    versions.mlflow_run_id,
    runs.mlflow_run_id is not null as has_run,
    coalesce(runs.is_deleted, false) as is_run_deleted,
    runs.experiment_id,
    coalesce(nullif(versions.tags['git_commit'], ''), nullif(versions.tags['mlflow.source.git.commit'], '')) as tagged_commit,
    coalesce(tagged_commit, runs.git_commit) as git_commit,
    case when tagged_commit is not null then 'tag of the version' when runs.git_commit is not null then 'run' end as commit_method,
    runs.metrics,
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
    runs.ended_at as run_ended_at
from {{ ref('stg_mlflow__model_versions') }} as versions
left join {{ ref('stg_mlflow__registered_models') }} as models on versions.model_id = models.model_id and models.is_live
left join {{ ref('stg_mlflow__runs') }} as runs on versions.mlflow_run_id = runs.mlflow_run_id
where versions.is_live
