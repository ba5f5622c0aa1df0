-- One row per pull request with the moments of its life and the hours between them.
with commits as (
    select
        pull_request_id,
        min(authored_at) as first_commit_at
    from {{ ref('stg_github__pull_request_commits') }}
    group by pull_request_id
),

drafts as (
    -- It was opened as a draft if the first such event made it ready, or if it still is one and no event made it one.
    select
        pull_requests.pull_request_id,
        pull_requests.created_at,
        coalesce(arg_min(events.event, events.event_rank) = 'ReadyForReviewEvent', pull_requests.is_draft) as was_opened_as_draft,
        list(events.happened_at order by events.event_rank) filter (events.event = 'ReadyForReviewEvent') as ready_moments
    from {{ ref('stg_github__pull_requests') }} as pull_requests
    left join {{ ref('stg_github__pull_request_events') }} as events
        on
            pull_requests.pull_request_id = events.pull_request_id
            and events.event in ('ReadyForReviewEvent', 'ConvertToDraftEvent')
    group by pull_requests.pull_request_id, pull_requests.created_at, pull_requests.is_draft
),

readiness as (
    -- Ready counts from the last time before the first review, so that a draft reviewed early is not a negative wait.
    select
        drafts.pull_request_id,
        list_concat(
            case when drafts.was_opened_as_draft then [] else [drafts.created_at] end, coalesce(drafts.ready_moments, [])
        ) as moments,
        reviewed.first_review_at
    from drafts
    left join {{ ref('int_pull_requests__reviewed') }} as reviewed on drafts.pull_request_id = reviewed.pull_request_id
),

ready as (
    select
        pull_request_id,
        coalesce(list_max(list_filter(moments, lambda m: m <= coalesce(first_review_at, 'infinity'))), list_min(moments)) as ready_at
    from readiness
),

files as (
    select
        files.pull_request_id,
        sum(files.additions + files.deletions) as generated_lines
    from {{ ref('stg_github__pull_request_files') }} as files
    where
        exists (
            select 1 from {{ ref('generated_files') }} as patterns where files.path ilike patterns.path_pattern escape '\'
        )
    group by files.pull_request_id
),

moments as (
    select
        pull_requests.*,
        commits.first_commit_at,
        ready.ready_at,
        reviewed.first_review_at,
        reviewed.approved_at,
        reviewed.last_response_at,
        coalesce(reviewed.review_count, 0) as review_count,
        coalesce(reviewed.review_round_count, 0) as review_round_count,
        deployed.deployed_at,
        deployed.deployment_id,
        pull_requests.additions + pull_requests.deletions - coalesce(files.generated_lines, 0) as counted_lines
    from {{ ref('stg_github__pull_requests') }} as pull_requests
    left join commits on pull_requests.pull_request_id = commits.pull_request_id
    left join ready on pull_requests.pull_request_id = ready.pull_request_id
    left join {{ ref('int_pull_requests__reviewed') }} as reviewed on pull_requests.pull_request_id = reviewed.pull_request_id
    left join {{ ref('int_pull_requests__deployed') }} as deployed on pull_requests.pull_request_id = deployed.pull_request_id
    left join files on pull_requests.pull_request_id = files.pull_request_id
)

select
    moments.*,
    {{ span_hours('moments.first_commit_at', 'moments.created_at') }} as coding_hours,
    {{ span_hours('moments.created_at', 'moments.ready_at') }} as draft_hours,
    {{ span_hours('moments.ready_at', 'moments.first_review_at') }} as pickup_hours,
    {{ span_hours('moments.first_review_at', 'moments.merged_at') }} as review_hours,
    {{ working_hours('moments.ready_at', 'moments.first_review_at', 'ready_days', 'review_days') }} as working_pickup_hours,
    {{ working_hours('moments.first_review_at', 'moments.merged_at', 'review_days', 'merge_days') }} as working_review_hours,
    {{ span_hours('moments.merged_at', 'moments.deployed_at') }} as deploy_hours,
    coalesce(
        {{ span_hours('moments.first_commit_at', 'moments.merged_at') }}, {{ span_hours('moments.created_at', 'moments.merged_at') }}
    ) as time_to_merge_hours,
    {{ is_bot('github', 'moments.author_login', 'moments.author_kind') }} as is_bot,
    regexp_matches(coalesce(moments.title, ''), '^Revert ["“]')
    or regexp_matches(coalesce(moments.head_branch, ''), '^revert-\d+-') as is_revert
from moments
left join {{ ref('int_days__classified') }} as ready_days on {{ local_date('moments.ready_at') }} = ready_days.day_date
left join {{ ref('int_days__classified') }} as review_days on {{ local_date('moments.first_review_at') }} = review_days.day_date
left join {{ ref('int_days__classified') }} as merge_days on {{ local_date('moments.merged_at') }} = merge_days.day_date
