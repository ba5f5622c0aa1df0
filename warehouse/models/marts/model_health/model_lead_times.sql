-- One row per live version of a registered model: from the first run of the work that led to it, through registration, to champion.
with registrations as (
    -- Versions that were deleted since ended a search too.
    select
        model_id,
        version,
        min(created_at) as registered_at
    from {{ ref('stg_mlflow__model_versions') }}
    group by model_id, version
),

searches as (
    select
        model_id,
        version,
        coalesce(
            lag(registered_at) over (partition by model_id order by registered_at, try_cast(version as integer)), timestamp '0001-01-01'
        )
            as begun_after_at
    from registrations
),

versions as (
    select
        versions.*,
        searches.begun_after_at
    from {{ ref('int_model_versions__traced') }} as versions
    inner join searches on versions.model_id = searches.model_id and versions.version = searches.version
),

runs as (
    select
        experiment_id,
        started_at
    from {{ ref('int_runs__accounted') }}
    where started_at is not null
),

first_runs as (
    select
        versions.model_version_id,
        runs.started_at as first_run_at
    from versions
    asof inner join runs on versions.experiment_id = runs.experiment_id and versions.begun_after_at < runs.started_at
),

promotions as (
    select
        model_id,
        version,
        min(coalesce(happened_at, seen_at)) as champion_at,
        arg_min(coalesce(happened_at, not_before_at), seen_at) as champion_not_before_at
    from {{ ref('int_model_roles__spanned') }}
    where role = 'champion' and not is_since_first_sync
    group by model_id, version
)

select
    versions.model_version_id,
    versions.model_id,
    versions.version,
    -- The search for a version began after its forerunner was registered; a run that began before trained it all the same.
    least(first_runs.first_run_at, versions.run_started_at) as first_run_at,
    versions.run_ended_at as trained_at,
    versions.created_at as registered_at,
    promotions.champion_at,
    promotions.champion_not_before_at,
    {{ span_hours('least(first_runs.first_run_at, versions.run_started_at)', 'versions.created_at') }} as run_to_registration_hours,
    {{ span_hours('versions.created_at', 'promotions.champion_at') }} as registration_to_champion_hours,
    run_to_registration_hours + registration_to_champion_hours as idea_to_production_hours
from versions
left join first_runs on versions.model_version_id = first_runs.model_version_id and versions.mlflow_run_id is not null
left join promotions on versions.model_id = promotions.model_id and versions.version = promotions.version
