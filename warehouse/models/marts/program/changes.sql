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
        spanned.* exclude (removed_at),
        last_value(spanned.removed_at) over (
            partition by spanned.issue_id order by spanned.from_at rows between unbounded preceding and unbounded following
        ) as removed_at,
        lag(spanned.story_points) over (partition by spanned.issue_id order by spanned.from_at) as former_points,
        spanned.from_at = min(spanned.from_at) over (partition by spanned.issue_id) as is_first
    from {{ ref('int_work_items__spanned') }} as spanned
    where spanned.is_work_item
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

links as (
    select
        linked.*,
        coalesce(
            lag(linked.initiative_id) over life = linked.initiative_id
            and lag(linked.last_moment_rank) over life = linked.first_moment_rank - 1,
            false
        ) as is_continued,
        coalesce(
            lead(linked.initiative_id) over life = linked.initiative_id
            and lead(linked.first_moment_rank) over life = linked.last_moment_rank + 1,
            false
        ) as continues
    from {{ ref('int_issues__linked_at_moments') }} as linked
    window life as (partition by linked.issue_id order by linked.first_moment_rank)
),

scope_changes as (
    -- An issue comes into an initiative as it is created, or at the moment that shows it there: the roadmap or the issue said else.
    select
        spans.issue_id,
        'scope_in' as what,
        null as old_value,
        links.initiative_id as new_value,
        case when links.first_moment_rank = 1 then spans.created_at else greatest(spans.created_at, moments.moment_at) end as seen_at,
        spans.removed_at
    from spans
    inner join links on spans.issue_id = links.issue_id and not links.is_continued
    inner join {{ ref('int_moments') }} as moments on links.first_moment_rank = moments.moment_rank
    where spans.is_first
    union all
    select
        spans.issue_id,
        'scope_out' as what,
        links.initiative_id as old_value,
        null as new_value,
        coalesce(moments.moment_at, spans.removed_at) as seen_at,
        spans.removed_at
    from spans
    inner join links on spans.issue_id = links.issue_id and not links.continues
    left join {{ ref('int_moments') }} as moments on links.last_moment_rank + 1 = moments.moment_rank
    where spans.is_first and coalesce(moments.moment_at > spans.created_at, spans.removed_at is not null)
),

issue_changes as (
    select
        issue_id,
        what,
        old_value,
        new_value,
        seen_at
    from scope_changes
    where removed_at is null or seen_at <= removed_at
    union all by name
    select
        issue_id,
        'story_points' as what,
        cast(former_points as varchar) as old_value,
        cast(story_points as varchar) as new_value,
        from_at as seen_at
    from spans
    where not is_first and story_points is distinct from former_points and (removed_at is null or from_at < removed_at)
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
        lag(aliases.version) over (partition by aliases.model_id, aliases.alias order by aliases.seen_at) as old_value,
        aliases.version as new_value,
        aliases.seen_at
    from {{ ref('int_model_aliases__spanned') }} as aliases
    left join {{ ref('int_models__described') }} as models on aliases.model_id = models.model_id
    qualify not aliases.is_since_first_sync
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
