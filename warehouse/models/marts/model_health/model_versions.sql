-- One row per live version of a registered model.
select
    versions.model_version_id,
    versions.model_id,
    versions.version,
    versions.mlflow_run_id,
    versions.registry_stage,
    versions.aliases,
    versions.status,
    versions.git_commit,
    origins.pull_request_id,
    origins.issue_id,
    {{ tags_without_domains('versions.tags') }} as tags,
    versions.is_run_deleted,
    versions.created_at
from {{ ref('int_model_versions__traced') }} as versions
left join {{ ref('int_model_versions__linked') }} as origins on versions.model_version_id = origins.model_version_id
