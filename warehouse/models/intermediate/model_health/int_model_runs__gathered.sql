-- One row per model and run that counts for it: the top-level runs of the experiments its versions came from.
with experiments as (
    select distinct
        model_id,
        experiment_id
    from {{ ref('int_model_versions__traced') }}
    where experiment_id is not null
)

select
    experiments.model_id,
    runs.mlflow_run_id,
    runs.status,
    runs.started_at,
    runs.ended_at,
    runs.git_commit is not null
    and len(list_filter(runs.datasets, lambda item: item['digest'] is not null)) > 0
    and cardinality(runs.params) > 0
    and len(list_intersect(map_keys(runs.tags), (select list(tag) from {{ ref('environment_tags') }}))) > 0 as is_reproducible
from experiments
inner join {{ ref('stg_mlflow__runs') }} as runs on experiments.experiment_id = runs.experiment_id
where not runs.is_deleted
