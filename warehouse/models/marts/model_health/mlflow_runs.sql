-- One row per MLflow run, deleted ones included.
with versions as (
    -- A run may stand behind versions of several models; they seldom belong to different initiatives.
    select
        versions.mlflow_run_id,
        min(models.initiative_id) as initiative_id
    from {{ ref('int_model_versions__traced') }} as versions
    inner join {{ ref('int_models__described') }} as models on versions.model_id = models.model_id
    group by versions.mlflow_run_id
)

select
    runs.mlflow_run_id,
    runs.instance,
    runs.experiment_id,
    experiments.experiment_name,
    runs.run_name,
    runs.status,
    accounts.person_id,
    coalesce(own.initiative_id, versions.initiative_id, of_experiment.initiative_id) as initiative_id,
    runs.parent_mlflow_run_id,
    runs.git_commit,
    runs.source_name,
    list_filter(list_transform(runs.datasets, lambda item: item['digest']), lambda digest: digest is not null) as dataset_digests,
    runs.params,
    runs.metrics,
    runs.metrics_without_number,
    runs.is_deleted,
    {{ span_hours('runs.started_at', 'runs.ended_at') }} as duration_hours,
    accounted.own_hours,
    runs.started_at,
    runs.ended_at
from {{ ref('stg_mlflow__runs') }} as runs
left join {{ ref('stg_mlflow__experiments') }} as experiments on runs.experiment_id = experiments.experiment_id
left join {{ ref('int_accounts__identified') }} as accounts
    on accounts.source = 'mlflow' and runs.instance = accounts.instance and runs.user_account = accounts.account
left join {{ ref('int_runs__accounted') }} as accounted on runs.mlflow_run_id = accounted.mlflow_run_id
left join versions on runs.mlflow_run_id = versions.mlflow_run_id
left join {{ ref('int_initiatives__referenced') }} as own
    on {{ normalised('runs.initiative') }} = own.reference and own.moment_at = {{ as_of() }}
left join {{ ref('int_initiatives__referenced') }} as of_experiment
    on {{ normalised("experiments.tags['hub.initiative']") }} = of_experiment.reference and of_experiment.moment_at = {{ as_of() }}
