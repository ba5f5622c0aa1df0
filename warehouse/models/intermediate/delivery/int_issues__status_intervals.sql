-- One row per issue and stay in a status, with the stage it belongs to.
select
    stays.issue_id,
    issues.instance,
    issues.project_key,
    stays.stay_rank,
    staged.status_id,
    stays.value_text as status,
    staged.status_category,
    staged.stage,
    staged.stage_rank,
    coalesce(staged.is_active, false) as is_active,
    coalesce(staged.is_blocked, false) as is_blocked,
    coalesce(staged.is_in_progress, false) as is_in_progress,
    stays.entered_at,
    stays.left_at,
    greatest({{ hours_between('stays.entered_at', 'coalesce(stays.left_at, ' ~ as_of() ~ ')') }}, 0.0) as hours,
    stays.stay_rank = 1 as is_first,
    stays.is_current
from {{ ref('int_issues__field_intervals') }} as stays
inner join {{ ref('stg_jira__issues') }} as issues on stays.issue_id = issues.issue_id
left join {{ ref('int_statuses__staged') }} as staged
    on issues.instance || ':' || stays.value = staged.status_id and issues.project_key = staged.project_key
where stays.field_role = 'status'
