-- One row per issue that belongs, or once belonged, to an initiative and span of time in which its points, its assignee and whether it
-- was done, or was closed without delivering, stayed the same.
-- From the changelog; an issue without one was always what it is now. What left the scope keeps its spans, with the time it left.
with issues as (
    select
        issue_id,
        instance,
        issue_key,
        summary,
        is_work_item,
        story_points,
        done_at,
        started_at,
        created_at,
        deleted_at
    from {{ ref('issues') }}
    where issue_id in (select linked.issue_id from {{ ref('int_issues__linked_at_moments') }} as linked)
),

stages as (
    select
        *,
        min(stage_rank) filter (where stage = 'done') over (partition by instance, project_key) as done_rank
    from {{ ref('int_issues__status_intervals') }}
    where stage is not null
),

turns as (
    -- A stay in an earlier stage takes what was done back; one in a later stage leaves it done.
    select
        issue_id,
        entered_at as moment,
        case when stage = 'done' then true when stage_rank < done_rank or done_rank is null then false end as is_done,
        stay_rank as rank
    from stages
    union all
    select
        issues.issue_id,
        issues.done_at as moment,
        true as is_done,
        0 as rank
    from issues
    where issues.done_at is not null and issues.issue_id not in (select stages.issue_id from stages)
),

estimates as (
    select
        issue_id,
        entered_at as moment,
        try_cast(value_text as double) as points,
        2 * stay_rank as rank
    from {{ ref('int_issues__field_intervals') }}
    where field_role = 'story_points'
    union all
    -- Where a stay ends and none begins the issue has no points.
    select
        issue_id,
        left_at as moment,
        null as points,
        2 * stay_rank + 1 as rank
    from {{ ref('int_issues__field_intervals') }}
    where field_role = 'story_points' and left_at is not null
    union all
    select
        issues.issue_id,
        issues.created_at as moment,
        issues.story_points as points,
        0 as rank
    from issues
    where issues.issue_id not in (select estimated.issue_id from {{ ref('int_issues__field_intervals') }} as estimated)
),

discards as (
    select
        issue_id,
        from_at as moment,
        from_at as discarded_at,
        2 * stay_rank as rank
    from {{ ref('int_issues__discarded') }}
    union all
    select
        issue_id,
        to_at as moment,
        null as discarded_at,
        2 * stay_rank + 1 as rank
    from {{ ref('int_issues__discarded') }}
    where to_at is not null
),

assignments as (
    select
        changes.issue_id,
        changes.changed_at as moment,
        changes.to_value as account,
        changes.from_value as former_account,
        row_number() over (partition by changes.issue_id order by changes.changed_at, try_cast(changes.history_key as ubigint)) as rank
    from {{ ref('stg_jira__issue_changes') }} as changes
    where changes.field_key = 'assignee'
),

assignees as (
    select
        issue_id,
        moment,
        account,
        rank
    from assignments
    union all
    select
        issues.issue_id,
        issues.created_at as moment,
        case when assignments.issue_id is not null then assignments.former_account else staged.assignee_account end as account,
        0 as rank
    from issues
    left join assignments on issues.issue_id = assignments.issue_id and assignments.rank = 1
    left join {{ ref('stg_jira__issues') }} as staged on issues.issue_id = staged.issue_id
),

-- Values are wrapped so that "there is none" is told from "nothing changed".
events as (
    select
        issue_id,
        moment,
        rank,
        struct_pack(v := is_done) as done,
        null as estimate,
        null as discard,
        null as assignee
    from turns
    where is_done is not null
    union all by name
    select
        issue_id,
        moment,
        rank,
        struct_pack(v := points) as estimate
    from estimates
    union all by name
    select
        issue_id,
        moment,
        rank,
        struct_pack(v := discarded_at) as discard
    from discards
    union all by name
    select
        issue_id,
        moment,
        rank,
        struct_pack(v := account) as assignee
    from assignees
),

told as (
    select
        events.issue_id,
        -- Where clocks disagree nothing changes before the issue was created.
        greatest(events.moment, issues.created_at) as moment,
        arg_max(events.done, events.rank) filter (where events.done is not null) as done,
        arg_max(events.estimate, events.rank) filter (where events.estimate is not null) as estimate,
        arg_max(events.discard, events.rank) filter (where events.discard is not null) as discard,
        arg_max(events.assignee, events.rank) filter (where events.assignee is not null) as assignee
    from events
    inner join issues on events.issue_id = issues.issue_id
    group by events.issue_id, greatest(events.moment, issues.created_at)
),

carried as (
    select
        issue_id,
        moment as from_at,
        lead(moment) over life as to_at,
        last_value(done ignore nulls) over life as done,
        last_value(estimate ignore nulls) over life as estimate,
        last_value(discard ignore nulls) over life as discard,
        last_value(assignee ignore nulls) over life as assignee
    from told
    window life as (partition by issue_id order by moment)
),

finished as (
    select
        *,
        coalesce(done['v'], false) as is_done,
        coalesce(done['v'], false) and not coalesce(lag(done['v']) over (partition by issue_id order by from_at), false) as is_turn
    from carried
)

select
    finished.issue_id,
    issues.issue_key,
    issues.instance,
    issues.summary,
    issues.is_work_item,
    finished.discard['v'] is null as is_delivered,
    issues.started_at,
    issues.created_at,
    issues.deleted_at,
    least(issues.deleted_at, finished.discard['v']) as removed_at,
    finished.from_at,
    finished.to_at,
    finished.estimate['v'] as story_points,
    finished.is_done,
    case
        when finished.is_done
            then max(finished.from_at) filter (where finished.is_turn) over (partition by finished.issue_id order by finished.from_at)
    end as done_at,
    accounts.person_id as assignee_person_id
from finished
inner join issues on finished.issue_id = issues.issue_id
left join {{ ref('int_accounts__identified') }} as accounts
    on accounts.source = 'jira' and issues.instance = accounts.instance and finished.assignee['v'] = accounts.account
