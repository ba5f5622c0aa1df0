-- One row per issue and stay in a resolution that delivers nothing: work that was out of the scope for that time.
-- From the changelog; where that does not say when the resolution was set, the issue does.
select
    stays.issue_id,
    stays.stay_rank,
    case when stays.stay_rank = 1 then coalesce(issues.resolved_at, done.entered_at, stays.entered_at) else stays.entered_at end as from_at,
    -- What is deleted meanwhile stays out.
    case when issues.deleted_at is null or stays.left_at < issues.deleted_at then stays.left_at end as to_at
from {{ ref('int_issues__field_intervals') }} as stays
inner join {{ ref('resolutions') }} as resolutions on lower(stays.value_text) = lower(resolutions.resolution)
inner join {{ ref('stg_jira__issues') }} as issues on stays.issue_id = issues.issue_id
left join {{ ref('int_issues__staged') }} as done on stays.issue_id = done.issue_id and done.stage = 'done'
where stays.field_role = 'resolution' and not resolutions.is_delivered
