-- One row per experiment that was synced or that a run is in: the model it trains, and which metric that model is after.
with experiments as (
    select
        coalesce(experiments.experiment_id, runs.experiment_id) as experiment_id,
        coalesce(experiments.instance, runs.instance) as instance,
        experiments.experiment_name,
        coalesce(experiments.is_deleted, false) as is_deleted,
        experiments.tags
    from {{ ref('stg_mlflow__experiments') }} as experiments
    full join (
        select distinct
            experiment_id,
            instance
        from {{ ref('stg_mlflow__runs') }}
    ) as runs on experiments.experiment_id = runs.experiment_id
),

versions as (
    -- The model of an experiment: the one its tag names, else the only one with versions from it.
    select
        experiment_id,
        case when count(distinct model_id) = 1 then min(model_id) end as model_id,
        count(*) as version_count
    from {{ ref('int_model_versions__traced') }}
    where experiment_id is not null
    group by experiment_id
),

objectives as (
    select
        model_id,
        min(metric) as metric,
        arg_min(direction, metric) as direction
    from {{ ref('int_model_metrics__declared') }}
    where moment_at = {{ as_of() }} and is_objective and direction is not null
    group by model_id
    having count(*) = 1
)

select
    experiments.experiment_id,
    experiments.instance,
    experiments.experiment_name,
    experiments.is_deleted,
    coalesce(named.model_id, versions.model_id) as model_id,
    coalesce(versions.version_count, 0) as version_count,
    objectives.metric as objective_metric,
    objectives.direction,
    nullif(
        coalesce(
            try_cast(experiments.tags['hub.cost_per_hour'] as double),
            {{ setting('compute_cost_per_hour') }},
            {{ threshold('compute_cost_per_hour') }}
        ),
        0
    ) as cost_per_hour_amount
from experiments
left join {{ ref('int_models__described') }} as named
    on lower(experiments.tags['hub.model']) = lower(named.model_name) and experiments.instance = named.instance
left join versions on experiments.experiment_id = versions.experiment_id
left join objectives on coalesce(named.model_id, versions.model_id) = objectives.model_id
