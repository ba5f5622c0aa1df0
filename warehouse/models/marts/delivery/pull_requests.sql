-- One row per pull request.
select
    timed.pull_request_id,
    timed.instance,
    timed.repository_id,
    timed.repository,
    timed.number,
    timed.title,
    authors.person_id as author_person_id,
    timed.author_login,
    timed.is_bot,
    timed.is_draft,
    timed.state,
    timed.base_branch,
    timed.head_branch,

    timed.created_at,
    timed.updated_at,
    timed.ready_at,
    timed.first_commit_at,
    timed.first_review_at,
    timed.approved_at,
    timed.merged_at,
    timed.closed_at,
    timed.deployed_at,
    timed.deployment_id,

    timed.coding_hours,
    timed.draft_hours,
    timed.pickup_hours,
    timed.review_hours,
    timed.working_pickup_hours,
    timed.working_review_hours,
    timed.deploy_hours,
    timed.coding_hours + timed.draft_hours + timed.pickup_hours + timed.review_hours + timed.deploy_hours as cycle_time_hours,
    timed.time_to_merge_hours,

    timed.additions,
    timed.deletions,
    timed.changed_files,
    sizes.size_class,
    timed.review_count,
    timed.review_round_count,
    timed.is_revert,
    timed.merge_commit_sha,
    timed.deleted_at
from {{ ref('int_pull_requests__timed') }} as timed
left join {{ ref('int_accounts__identified') }} as authors
    on authors.source = 'github' and timed.instance = authors.instance and timed.author_login = authors.account
asof left join {{ ref('size_classes') }} as sizes on greatest(timed.counted_lines, 0) >= sizes.minimum_lines
