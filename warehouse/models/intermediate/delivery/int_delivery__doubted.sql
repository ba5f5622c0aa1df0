-- One row per check of what makes a delivery figure doubtful; those that find nothing are there with zero.
with issues as (
    select
        issues.issue_id,
        issues.issue_key,
        issues.status_id,
        issues.story_points,
        issues.parent_issue_id,
        issues.created_at,
        timed.started_at,
        timed.done_at,
        timed.reopened_count,
        timed.backward_count,
        coalesce(issues.resolved_at, timed.done_at) as resolved_at,
        not issues.is_subtask and not parented.is_epic as is_work_item
    from {{ ref('stg_jira__issues') }} as issues
    inner join {{ ref('int_issues__timed') }} as timed on issues.issue_id = timed.issue_id
    inner join {{ ref('int_issues__parented') }} as parented on issues.issue_id = parented.issue_id
    where issues.deleted_at is null
),

stays as (
    select
        intervals.issue_id,
        arg_min(intervals.is_active or intervals.stage = 'done', intervals.stay_rank) as is_first_late,
        arg_max(intervals.status_id, intervals.stay_rank) as last_status_id,
        bool_or(intervals.stage is null) as has_unknown_stage,
        min(intervals.stay_rank) filter (intervals.stage = 'done') < max(intervals.stay_rank) as has_changed_after_done
    from {{ ref('int_issues__status_intervals') }} as intervals
    group by intervals.issue_id
),

families as (
    select
        parent_issue_id as issue_id,
        bool_or(done_at is null) as has_open_child
    from issues
    where parent_issue_id is not null
    group by parent_issue_id
),

backdated as (
    select
        changes.issue_id,
        bool_or(changes.changed_at < issues.created_at) as is_backdated
    from {{ ref('stg_jira__issue_changes') }} as changes
    inner join issues on changes.issue_id = issues.issue_id
    group by changes.issue_id
),

pull_requests as (
    select
        timed.*,
        timed.repository || '#' || timed.number as subject,
        links.pull_request_id is not null as is_linked
    from {{ ref('int_pull_requests__timed') }} as timed
    left join (
        select distinct pull_request_id from {{ ref('int_pull_requests__linked_to_issues') }}
    ) as links on timed.pull_request_id = links.pull_request_id
    where not timed.is_bot and timed.deleted_at is null
),

candidates as (
    select
        'done_without_start' as check_name,
        issue_key as subject,
        started_at is null as is_doubted,
        created_at as moment
    from issues
    where done_at is not null and is_work_item
    union all
    select
        'status_changed_after_done' as check_name,
        issues.issue_key,
        stays.has_changed_after_done,
        issues.created_at
    from issues
    inner join stays on issues.issue_id = stays.issue_id
    where stays.has_changed_after_done is not null
    union all
    select
        'resolved_before_creation' as check_name,
        issue_key,
        resolved_at < created_at as is_doubted,
        created_at
    from issues where resolved_at is not null
    union all
    select
        'reopened_after_done' as check_name,
        issue_key,
        reopened_count > 0 as is_doubted,
        created_at
    from issues where done_at is not null or reopened_count > 0
    union all
    select
        'moved_backward' as check_name,
        issue_key,
        backward_count > 0 as is_doubted,
        created_at
    from issues
    union all
    select
        'created_in_late_status' as check_name,
        issues.issue_key,
        coalesce(stays.is_first_late, false) as is_doubted,
        issues.created_at
    from issues
    left join stays on issues.issue_id = stays.issue_id
    where issues.is_work_item
    union all
    select
        'closed_with_open_children' as check_name,
        issues.issue_key,
        families.has_open_child,
        issues.created_at
    from issues
    inner join families on issues.issue_id = families.issue_id
    where issues.done_at is not null
    union all
    select
        'status_without_stage' as check_name,
        issues.issue_key,
        coalesce(stays.has_unknown_stage, true) as is_doubted,
        issues.created_at
    from issues
    left join stays on issues.issue_id = stays.issue_id
    union all
    select
        'status_history_disagrees' as check_name,
        issues.issue_key,
        (stays.last_status_id is distinct from issues.status_id),
        issues.created_at
    from issues
    left join stays on issues.issue_id = stays.issue_id
    union all
    select
        'change_before_creation' as check_name,
        issues.issue_key,
        coalesce(backdated.is_backdated, false) as is_doubted,
        issues.created_at
    from issues
    left join backdated on issues.issue_id = backdated.issue_id
    union all
    select
        'missing_estimate' as check_name,
        issue_key,
        story_points is null as is_doubted,
        created_at
    from issues
    where is_work_item and started_at is not null
    union all
    select
        'sprint_over_time' as check_name,
        sprint_name,
        end_at < {{ as_of() }},
        start_at
    from {{ ref('stg_jira__sprints') }}
    where sprint_state = 'active' and deleted_at is null
    union all
    select
        'pull_request_without_issue' as check_name,
        subject,
        not is_linked as is_doubted,
        created_at
    from pull_requests where merged_at is not null
    union all
    select
        'pull_request_without_review' as check_name,
        subject,
        first_review_at is null as is_doubted,
        created_at
    from pull_requests where merged_at is not null
    union all
    select
        'commit_after_opening' as check_name,
        subject,
        first_commit_at > created_at as is_doubted,
        created_at
    from pull_requests where first_commit_at is not null
    union all
    select
        'review_before_ready' as check_name,
        subject,
        first_review_at < ready_at as is_doubted,
        created_at
    from pull_requests where first_review_at is not null
    union all
    select
        'deployed_before_merge' as check_name,
        subject,
        deployed_at < merged_at as is_doubted,
        created_at
    from pull_requests where deployed_at is not null
    union all
    select
        'merged_not_deployed' as check_name,
        pull_requests.subject,
        pull_requests.deployed_at is null as is_doubted,
        pull_requests.created_at
    from pull_requests
    inner join {{ ref('stg_github__repositories') }} as repositories
        on pull_requests.repository_id = repositories.repository_id and pull_requests.base_branch = repositories.default_branch
    where
        pull_requests.merged_at < {{ as_of() }} - interval 30 days
        and pull_requests.repository_id in (
            select repository_id from {{ ref('int_deployments__collected') }} where is_production and deployment_source <> 'merges'
        )
    union all
    select
        'deployed_commit_unknown' as check_name,
        deployments.repository || '@' || left(deployments.sha, 8) as subject,
        merged.pull_request_id is null as is_doubted,
        deployments.started_at
    from {{ ref('int_deployments__collected') }} as deployments
    left join {{ ref('stg_github__pull_requests') }} as merged
        on deployments.repository_id = merged.repository_id and deployments.sha = merged.merge_commit_sha
    where deployments.is_production and deployments.is_success and deployments.deployment_source <> 'merges'
    union all
    select
        'incident_without_deployment' as check_name,
        incident_key as subject,
        deployment_id is null as is_doubted,
        opened_at
    from {{ ref('int_incidents__collected') }}
    union all
    select
        'incident_resolved_before_opened' as check_name,
        incident_key as subject,
        resolved_at < opened_at as is_doubted,
        opened_at
    from {{ ref('int_incidents__collected') }}
    where resolved_at is not null
    union all
    select
        'no_forecast' as check_name,
        scope_kind || ' ' || scope_id as subject,
        reason is not null as is_doubted,
        null as moment
    from {{ ref('int_forecasts__prepared') }}
    where scenario = 'base' and done_date is null and scope_kind <> 'epic' and coalesce(open_count, 1) > 0
)

select
    checks.check_name,
    checks.area,
    checks.severity,
    count(*) filter (candidates.is_doubted) as affected_count,
    count(*) filter (candidates.is_doubted) / nullif(count(candidates.check_name), 0) as affected_share,
    -- The newest one: people remember it.
    arg_max(candidates.subject, (coalesce(candidates.moment, timestamp '1970-01-01'), candidates.subject))
    filter (candidates.is_doubted) as example,
    checks.remedy
from {{ ref('delivery_checks') }} as checks
left join candidates on checks.check_name = candidates.check_name
group by checks.check_name, checks.area, checks.severity, checks.remedy
