-- One row per pair of issues of which the first blocks the second, whichever end tells of it, and when it is needed.
with sides as (
    select
        instance,
        linked_issue_id as from_issue_id,
        linked_issue_key as from_issue_key,
        is_linked_issue_done as is_from_done,
        issue_id as to_issue_id,
        null as to_issue_key,
        null as is_to_done
    from {{ ref('stg_jira__issue_links') }}
    where meaning = 'blocked_by'
    union all
    select
        instance,
        issue_id as from_issue_id,
        null as from_issue_key,
        null as is_from_done,
        linked_issue_id as to_issue_id,
        linked_issue_key as to_issue_key,
        is_linked_issue_done as is_to_done
    from {{ ref('stg_jira__issue_links') }}
    where meaning = 'blocks'
),

pairs as (
    select
        from_issue_id,
        to_issue_id,
        max(from_issue_key) as from_issue_key,
        max(to_issue_key) as to_issue_key,
        bool_or(is_from_done) as is_from_done,
        bool_or(is_to_done) as is_to_done
    from sides
    where from_issue_id <> to_issue_id
    group by from_issue_id, to_issue_id
),

milestones as (
    select
        linked.issue_id,
        min(planned.target_date) as target_date
    from {{ ref('int_issues__linked_to_milestones') }} as linked
    inner join {{ ref('int_milestones__planned') }} as planned on linked.milestone_id = planned.milestone_id
    where planned.done_date is null and linked.{{ seen_now() }}
    group by linked.issue_id
),

ended as (
    -- Of an issue outside the synced projects only the link tells whether it is done.
    select
        pairs.from_issue_id,
        pairs.to_issue_id,
        coalesce(blockers.issue_key, pairs.from_issue_key) as from_issue_key,
        coalesce(blocked.issue_key, pairs.to_issue_key) as to_issue_key,
        coalesce(blockers.project_key, regexp_extract(pairs.from_issue_key, '^(.+)-\d+$', 1)) as from_project,
        coalesce(blocked.project_key, regexp_extract(pairs.to_issue_key, '^(.+)-\d+$', 1)) as to_project,
        blockers.initiative_id as from_initiative_id,
        blocked.initiative_id as to_initiative_id,
        case
            when blockers.issue_id is not null then blockers.done_at is not null or blockers.deleted_at is not null
            else coalesce(pairs.is_from_done, false)
        end as is_from_ended,
        case
            when blocked.issue_id is not null then blocked.done_at is not null or blocked.deleted_at is not null
            else coalesce(pairs.is_to_done, false)
        end as is_to_ended,
        blocked.due_date,
        milestones.target_date as milestone_date,
        initiatives.target_date as initiative_date
    from pairs
    left join {{ ref('issues') }} as blockers on pairs.from_issue_id = blockers.issue_id
    left join {{ ref('issues') }} as blocked on pairs.to_issue_id = blocked.issue_id
    left join milestones on pairs.to_issue_id = milestones.issue_id
    left join {{ ref('int_initiatives__gathered') }} as initiatives on blocked.initiative_id = initiatives.initiative_id
)

select
    from_issue_id,
    to_issue_id,
    from_issue_key,
    to_issue_key,
    from_project,
    to_project,
    from_initiative_id,
    to_initiative_id,
    -- Between teams: of two projects, or of two initiatives.
    (coalesce(from_project <> to_project, true) or coalesce(from_initiative_id <> to_initiative_id, false)) as is_across,
    is_from_ended or is_to_ended as is_resolved,
    coalesce(due_date, milestone_date, initiative_date) as needed_by_date,
    case
        when due_date is not null then 'due date of ' || to_issue_key
        when milestone_date is not null then 'next milestone of ' || to_issue_key
        when initiative_date is not null then 'target of ' || to_initiative_id
    end as needed_by_source
from ended
