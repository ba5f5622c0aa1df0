-- One row per deployment or what stands for one.
select
    deployment_id,
    repository_id,
    repository,
    deployment_source,
    environment,
    sha,
    started_at,
    finished_at,
    is_success,
    is_production,
    deleted_at
from {{ ref('int_deployments__collected') }}
