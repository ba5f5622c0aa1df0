-- One row per instance, stream, field and JSON type found in the newest payloads; the payload itself is the field without a name.
-- Only the newest (threshold newest_payloads) are looked into: a vendor's change shows there first, and they cost the same however
-- many have landed.
-- Absent: payloads of the hub's own making (sheets, whose columns are staged beside them; days of traces; attempts).
{%- set tables = [
    'jira_issues', 'jira_fields', 'jira_field_roles', 'jira_statuses', 'jira_issue_types', 'jira_priorities', 'jira_link_types',
    'jira_projects', 'jira_versions', 'jira_boards', 'jira_sprints', 'jira_worklogs',
    'github_repositories', 'github_pull_requests', 'github_deployments', 'github_releases', 'github_workflow_runs', 'github_issues',
    'mlflow_experiments', 'mlflow_runs', 'mlflow_registered_models', 'mlflow_model_versions', 'mlflow_logged_models',
    'mlflow_metric_history'
] %}
with newest as (
    {% for table in tables -%}
        select
            '{{ table.split('_')[0] }}' as source,
            '{{ table.split('_', 1)[1] }}' as stream,
            instance,
            payload,
            valid_from
        from {{ source('raw', table) }}
        where
            rowid in (
                -- Chosen by narrow columns, so that no other payload is read.
                select rowid
                from {{ source('raw', table) }}
                where is_current and deleted_at is null
                qualify row_number() over (partition by instance order by valid_from desc, id asc) <= {{ threshold('newest_payloads') }}
            )
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

nodes as (
    select
        newest.source,
        newest.stream,
        newest.instance,
        node.fullkey as path,
        node.type,
        count(*) as value_count,
        max(newest.valid_from) as newest_at
    from newest, json_tree(newest.payload) as node
    group by all
)

select
    source,
    stream,
    instance,
    -- $.fields.labels[0].name is the field fields.labels[].name
    replace(regexp_replace(substr(path, 3), '\[\d+\]', '[]', 'g'), '"', '') as field,
    case type
        when 'VARCHAR' then 'text'
        when 'BOOLEAN' then 'boolean'
        when 'OBJECT' then 'object'
        when 'ARRAY' then 'list'
        when 'NULL' then 'null'
        else 'number'
    end as kind,
    cast(sum(value_count) as bigint) as value_count,
    max(newest_at) as newest_at
from nodes
group by all
