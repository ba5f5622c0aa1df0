-- One row per issue, initiative and unbroken time for which the issue belonged to it; null: since its creation, and to this day.
-- A move is seen at the first moment that shows it. If a single thing happened in between that can be its cause (a change of the issue
-- or of one above it, or a version of the roadmap), it is dated at that instant; with several nobody can say which it was.
with links as (
    select
        issue_id,
        initiative_id,
        first_moment_rank,
        last_moment_rank,
        count(*) filter (not is_continued) over (partition by issue_id order by first_moment_rank rows unbounded preceding) as stay
    from (
        select
            *,
            coalesce(
                lag(initiative_id) over life = initiative_id and lag(last_moment_rank) over life = first_moment_rank - 1, false
            ) as is_continued
        from {{ ref('int_issues__linked_at_moments') }}
        window life as (partition by issue_id order by first_moment_rank)
    )
),

stays as (
    select
        issue_id,
        initiative_id,
        min(first_moment_rank) as first_moment_rank,
        max(last_moment_rank) + 1 as end_moment_rank
    from links
    group by issue_id, initiative_id, stay
),

moments as (
    select
        moment_rank,
        moment_at,
        lag(moment_at) over (order by moment_rank) as former_moment_at
    from {{ ref('int_moments') }}
),

looks as (
    select
        instance,
        moment_rank,
        known_at,
        lag(known_at) over (partition by instance order by moment_rank) as former_known_at
    from {{ ref('int_looks__at_moments') }}
    where source = 'jira'
),

moves as (
    select
        issue_id,
        initiative_id,
        first_moment_rank as moment_rank
    from stays
    where first_moment_rank > 1
    union
    select
        stays.issue_id,
        stays.initiative_id,
        stays.end_moment_rank as moment_rank
    from stays
    inner join moments on stays.end_moment_rank = moments.moment_rank
),

names as (
    select
        issue_id,
        unnest([from_at, to_at]) as moment
    from {{ ref('int_issues__named') }}
),

happened as (
    select
        issue_id,
        moment
    from names
    union
    select
        issue_id,
        unnest([from_at, to_at]) as moment
    from {{ ref('int_issues__related') }}
    union
    select
        related.issue_id,
        names.moment
    from {{ ref('int_issues__related') }} as related
    inner join names on related.relative_issue_id = names.issue_id
),

versions as (
    select
        valid_from as moment,
        initiative_id,
        mappings,
        lag(initiative_id) over life as former_initiative_id,
        lag(mappings) over life as former_mappings
    from (
        select
            row_id,
            valid_from,
            case when deleted_at is null then coalesce(initiative_id, initiative_name) end as initiative_id,
            case when deleted_at is null then jira_mapping end as mappings
        from {{ ref('stg_sheets__roadmap') }}
        where row_key not in ('_tab', '_places')
    )
    window life as (partition by row_id order by valid_from)
),

roadmaps as (
    select
        moment,
        unnest([initiative_id, former_initiative_id]) as initiative_id
    from versions
    where initiative_id is distinct from former_initiative_id or mappings is distinct from former_mappings
),

causes as (
    select
        moves.issue_id,
        moves.moment_rank,
        happened.moment
    from moves
    inner join {{ ref('stg_jira__issues') }} as issues on moves.issue_id = issues.issue_id
    inner join looks on issues.instance = looks.instance and moves.moment_rank = looks.moment_rank
    inner join happened
        on moves.issue_id = happened.issue_id and looks.former_known_at <= happened.moment and looks.known_at > happened.moment
    union
    select
        moves.issue_id,
        moves.moment_rank,
        roadmaps.moment
    from moves
    inner join moments on moves.moment_rank = moments.moment_rank
    inner join roadmaps
        on
            moves.initiative_id = roadmaps.initiative_id
            and moments.former_moment_at < roadmaps.moment
            and moments.moment_at >= roadmaps.moment
),

dated as (
    select
        moves.issue_id,
        moves.moment_rank,
        case when count(distinct causes.moment) = 1 then min(causes.moment) else any_value(moments.moment_at) end as moved_at
    from moves
    inner join moments on moves.moment_rank = moments.moment_rank
    left join causes on moves.issue_id = causes.issue_id and moves.moment_rank = causes.moment_rank
    group by moves.issue_id, moves.moment_rank
)

select
    stays.issue_id,
    stays.initiative_id,
    begins.moved_at as from_at,
    ends.moved_at as to_at
from stays
left join dated as begins on stays.issue_id = begins.issue_id and stays.first_moment_rank = begins.moment_rank
left join dated as ends on stays.issue_id = ends.issue_id and stays.end_moment_rank = ends.moment_rank
