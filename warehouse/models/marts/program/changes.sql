-- One row per change of what a program is steered by, and moment at which it was seen: give two moments, get what changed between them.
with judged as (
    select
        statuses.*,
        lag(statuses.status) over life as former_status,
        coalesce(bool_or(statuses.status <> 'white') over (life rows between unbounded preceding and 1 preceding), false) as was_known
    from {{ ref('int_statuses__combined') }} as statuses
    window life as (partition by coalesce(statuses.initiative_id, '*'), statuses.dimension order by statuses.moment_at)
),

spans as (
    select
        issue_id,
        created_at,
        deleted_at,
        is_delivered,
        from_at,
        to_at,
        story_points,
        lag(story_points) over life as former_points,
        row_number() over life = 1 as is_first,
        count(*) filter (not is_delivered) over (partition by issue_id order by from_at rows unbounded preceding) as removal_count
    from {{ ref('int_work_items__spanned') }}
    where is_work_item
    window life as (partition by issue_id order by from_at)
),

stays as (
    -- What is deleted, or in a resolution that delivers nothing, is out of the scope for that time.
    select
        issue_id,
        min(from_at) as from_at,
        least(nullif(max(coalesce(to_at, timestamp 'infinity')), timestamp 'infinity'), any_value(deleted_at)) as to_at
    from spans
    where is_delivered
    group by issue_id, removal_count
),

sprint_moves as (
    -- Only what came after the sprint began, or went before it ended, changed it.
    select
        scoped.issue_id,
        scoped.joined_at as seen_at,
        'sprint_in' as what,
        null as old_value,
        sprints.sprint_name as new_value
    from {{ ref('int_sprints__scoped') }} as scoped
    inner join {{ ref('stg_jira__sprints') }} as sprints on scoped.sprint_id = sprints.sprint_id
    where not scoped.is_committed
    union all
    select
        scoped.issue_id,
        scoped.parted_at as seen_at,
        'sprint_out' as what,
        sprints.sprint_name as old_value,
        null as new_value
    from {{ ref('int_sprints__scoped') }} as scoped
    inner join {{ ref('stg_jira__sprints') }} as sprints on scoped.sprint_id = sprints.sprint_id
    where scoped.parted_at < coalesce(sprints.completed_at, {{ as_of() }})
),

scopes as (
    select
        stays.issue_id,
        linked.initiative_id,
        greatest(stays.from_at, linked.from_at) as from_at,
        least(stays.to_at, linked.to_at) as to_at
    from stays
    inner join {{ ref('int_issues__linked_over_time') }} as linked on stays.issue_id = linked.issue_id
    where greatest(stays.from_at, linked.from_at) < coalesce(least(stays.to_at, linked.to_at), timestamp 'infinity')
),

issue_changes as (
    select
        issue_id,
        'scope_in' as what,
        null as old_value,
        initiative_id as new_value,
        from_at as seen_at
    from scopes
    union all by name
    select
        issue_id,
        'scope_out' as what,
        initiative_id as old_value,
        null as new_value,
        to_at as seen_at
    from scopes
    where to_at is not null
    union all by name
    select
        issue_id,
        'story_points' as what,
        cast(former_points as varchar) as old_value,
        cast(story_points as varchar) as new_value,
        from_at as seen_at
    from spans
    where
        not is_first
        and story_points is distinct from former_points
        and is_delivered
        and (deleted_at is null or from_at < deleted_at)
    union all by name
    select
        issue_id,
        what,
        string_agg(old_value, ', ' order by old_value) as old_value,
        string_agg(new_value, ', ' order by new_value) as new_value,
        seen_at
    from sprint_moves
    where seen_at is not null
    group by all
),

alias_moves as (
    -- An alias that is taken away points nowhere until it is set again.
    select
        model_id,
        alias,
        seen_at,
        max(version) filter (not is_begin) as old_version,
        max(version) filter (is_begin) as new_version
    from (
        select
            model_id,
            alias,
            version,
            unnest([seen_at, to_at]) as seen_at,
            unnest([true, false]) as is_begin,
            unnest([is_since_first_sync, false]) as is_since_first_sync
        from {{ ref('int_model_aliases__spanned') }}
    )
    where seen_at is not null and not is_since_first_sync
    group by model_id, alias, seen_at
),

all_changes as (
    select
        'status' as subject_kind,
        coalesce(initiative_id, '*') as subject_id,
        null as subject_name,
        initiative_id,
        dimension as what,
        former_status as old_value,
        status as new_value,
        moment_at as seen_at
    from judged
    -- What becomes known for the first time did not turn.
    where former_status <> status and was_known
    union all by name
    select
        subject_kind,
        subject_id,
        subject_name,
        initiative_id,
        what,
        old_value,
        new_value,
        seen_at
    from {{ ref('int_sheets__changed') }}
    union all by name
    select
        'baseline' as subject_kind,
        baselines.subject_id,
        'Baseline ' || baselines.baseline_version as subject_name,
        baselines.initiative_id,
        baselines.what,
        baselines.old_value,
        baselines.new_value,
        baselines.seen_at
    from {{ ref('int_baselines__changed') }} as baselines
    union all by name
    select
        'budget_line' as subject_kind,
        cells.budget_line_id as subject_id,
        lines.category as subject_name,
        lines.initiative_id,
        cells.field || ' ' || strftime(cells.month_date, '%Y-%m') as what,
        cast(cells.old_amount as varchar) as old_value,
        cast(cells.new_amount as varchar) as new_value,
        cells.seen_at
    from {{ ref('budget_changes') }} as cells
    left join {{ ref('budget_lines') }} as lines
        on cells.budget_line_id = lines.budget_line_id and cells.month_date = lines.month_date
    union all by name
    select
        'model' as subject_kind,
        aliases.model_id as subject_id,
        models.model_name as subject_name,
        models.initiative_id,
        'alias ' || aliases.alias as what,
        aliases.old_version as old_value,
        aliases.new_version as new_value,
        aliases.seen_at
    from alias_moves as aliases
    left join {{ ref('int_models__described') }} as models on aliases.model_id = models.model_id
    union all by name
    select
        'issue' as subject_kind,
        changed.issue_id as subject_id,
        issues.issue_key || ' ' || issues.summary as subject_name,
        issues.initiative_id,
        changed.what,
        changed.old_value,
        changed.new_value,
        changed.seen_at
    from issue_changes as changed
    inner join {{ ref('issues') }} as issues on changed.issue_id = issues.issue_id
)

select
    subject_kind,
    subject_id,
    subject_name,
    initiative_id,
    what,
    old_value,
    new_value,
    seen_at
from all_changes
where seen_at <= {{ as_of() }}
