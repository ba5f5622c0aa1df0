-- One row per run, version or model and check it was held against.
with runs as (
    select *
    from {{ ref('stg_mlflow__runs') }}
    where not is_deleted
),

versions as (
    select
        versions.*,
        links.issue_id is not null as has_issue
    from {{ ref('int_model_versions__traced') }} as versions
    left join {{ ref('int_model_versions__linked') }} as links on versions.model_version_id = links.model_version_id
)

select
    'run_without_commit' as check_name,
    coalesce(run_name, mlflow_run_id) as subject,
    git_commit is null as is_doubted,
    started_at as moment
from runs
where status = 'FINISHED'
union all
select
    'run_never_ended' as check_name,
    coalesce(run_name, mlflow_run_id) as subject,
    started_at < {{ as_of() }} - interval 7 days as is_doubted,
    started_at as moment
from runs
where status = 'RUNNING'
union all
select
    'metric_without_number' as check_name,
    coalesce(run_name, mlflow_run_id) || ' ' || array_to_string(metrics_without_number, ', ') as subject,
    len(metrics_without_number) > 0 as is_doubted,
    started_at as moment
from runs
union all
select
    'version_without_run' as check_name,
    model_version_id as subject,
    not has_run as is_doubted,
    created_at as moment
from versions
union all
select
    'version_of_deleted_run' as check_name,
    model_version_id as subject,
    is_run_deleted as is_doubted,
    created_at as moment
from versions
where has_run
union all
select
    'version_without_issue' as check_name,
    model_version_id as subject,
    not has_issue as is_doubted,
    created_at as moment
from versions
union all
select
    'champion_without_direction' as check_name,
    model_id as subject,
    not has_direction as is_doubted,
    last_trained_at as moment
from {{ ref('int_models__measured') }}
where moment_at = {{ as_of() }} and champion_version is not null
union all
select
    'model_without_owner' as check_name,
    model_id as subject,
    owner_person_id is null as is_doubted,
    created_at as moment
from {{ ref('int_models__described') }}
union all
select
    'model_without_initiative' as check_name,
    model_id as subject,
    initiative_id is null as is_doubted,
    created_at as moment
from {{ ref('int_models__described') }}
