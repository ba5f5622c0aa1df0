-- One row per Jira issue, GitHub issue or revert that counts as an incident, with the production deployment it is held against: the
-- last one before it, within the window, in its repository or in those of its initiative or named like its component; none if there
-- is no such.
with issues as (
    select distinct
        issues.issue_id,
        issues.issue_key,
        issues.components,
        linked.initiative_id,
        issues.created_at as opened_at,
        coalesce(issues.resolved_at, timed.done_at) as resolved_at
    from {{ ref('stg_jira__issues') }} as issues
    inner join {{ ref('int_issues__timed') }} as timed on issues.issue_id = timed.issue_id
    inner join {{ ref('int_incidents__defined') }} as rules
        on
            (rules.kind = 'issue_type' and lower(issues.issue_type) = lower(rules.value))
            or (rules.kind = 'label' and list_contains(list_transform(issues.labels, lambda l: lower(l)), lower(rules.value)))
    left join {{ ref('int_issues__linked_to_initiatives') }} as linked on issues.issue_id = linked.issue_id
    where issues.deleted_at is null and timed.is_delivered and not issues.is_subtask
),

github_issues as (
    select distinct
        issues.github_issue_id,
        issues.repository || '#' || issues.number as issue_key,
        issues.repository_id,
        issues.created_at as opened_at,
        issues.closed_at as resolved_at
    from {{ ref('stg_github__issues') }} as issues
    inner join {{ ref('int_incidents__defined') }} as rules
        on
            rules.kind = 'github_label'
            and list_contains(list_transform(issues.labels, lambda l: lower(l)), lower(rules.value))
    left join {{ ref('resolutions') }} as resolutions
        on replace(issues.state_reason, '_', ' ') = lower(resolutions.resolution)
    where issues.deleted_at is null and coalesce(issues.is_open or resolutions.is_delivered, true)
),

reverts as (
    select
        timed.pull_request_id,
        timed.repository || '#' || timed.number as pull_request_key,
        timed.repository_id,
        timed.created_at as opened_at,
        coalesce(timed.deployed_at, timed.merged_at) as resolved_at
    from {{ ref('int_pull_requests__timed') }} as timed
    where
        timed.is_revert
        and timed.merged_at is not null
        and exists (select 1 from {{ ref('int_incidents__defined') }} as rules where rules.kind = 'revert')
),

incidents as (
    select
        issue_id as incident_id,
        issue_key as incident_key,
        'issue' as kind,
        issue_id,
        null as github_issue_id,
        null as pull_request_id,
        opened_at,
        resolved_at
    from issues
    union all by name
    select
        github_issue_id as incident_id,
        issue_key as incident_key,
        'github issue' as kind,
        github_issue_id,
        opened_at,
        resolved_at
    from github_issues
    union all by name
    select
        pull_request_id as incident_id,
        pull_request_key as incident_key,
        'revert' as kind,
        pull_request_id,
        opened_at,
        resolved_at
    from reverts
),

places as (
    select
        issues.issue_id as incident_id,
        linked.repository_id
    from issues
    inner join {{ ref('int_repositories__linked_to_initiatives') }} as linked on issues.initiative_id = linked.initiative_id
    union
    select
        issues.issue_id,
        repositories.repository_id
    from (select
        issue_id,
        lower(unnest(components)) as component
    from issues) as issues
    inner join {{ ref('stg_github__repositories') }} as repositories
        on issues.component = lower(split_part(repositories.repository, '/', 2))
    union
    select
        github_issue_id,
        repository_id
    from github_issues
    union
    select
        pull_request_id,
        repository_id
    from reverts
),

candidates as (
    select
        incidents.incident_id,
        incidents.opened_at,
        places.repository_id
    from incidents
    inner join places on incidents.incident_id = places.incident_id
),

deployments as (
    select
        deployment_id,
        repository_id,
        finished_at
    from {{ ref('int_deployments__collected') }}
    where is_production and is_success and deleted_at is null
),

attributed as (
    select
        candidates.incident_id,
        arg_max(deployments.deployment_id, (deployments.finished_at, deployments.deployment_id)) as deployment_id
    from candidates
    asof inner join deployments
        on candidates.repository_id = deployments.repository_id and candidates.opened_at >= deployments.finished_at
    where deployments.finished_at >= candidates.opened_at - to_days(cast({{ threshold('failure_window_days') }} as integer))
    group by candidates.incident_id
)

select
    incidents.incident_id,
    incidents.incident_key,
    incidents.kind,
    incidents.issue_id,
    incidents.github_issue_id,
    incidents.pull_request_id,
    incidents.opened_at,
    incidents.resolved_at,
    attributed.deployment_id
from incidents
left join attributed on incidents.incident_id = attributed.incident_id
