-- One row per issue, issue above it (parent or epic, directly or through its parent) and run of moments at which it stood there,
-- with the time at which it came and went (infinite: always, still).
-- From the changelog; the present is what the issue says itself.
with issues as (
    select
        issues.issue_id,
        issues.instance,
        lower(issues.issue_key) as compared_key,
        issues.parent_issue_id,
        lower(issues.parent_key) as parent_key,
        coalesce(issues.parent_hierarchy_level >= 1, lower(issues.parent_issue_type) = 'epic', false) as is_parent_epic,
        lower(issues.epic_key) as epic_key,
        parented.is_epic
    from {{ ref('stg_jira__issues') }} as issues
    inner join {{ ref('int_issues__parented') }} as parented on issues.issue_id = parented.issue_id
),

told as (
    -- Every relation ends: by a change, or not yet.
    select
        issue_id,
        instance,
        parent_issue_id as relative_issue_id,
        parent_key as relative_key,
        is_parent_epic as is_epic,
        timestamp 'infinity' as moment,
        null as rank,
        false as is_begin
    from issues
    where parent_issue_id is not null
    union all by name
    select
        issue_id,
        instance,
        epic_key as relative_key,
        true as is_epic,
        timestamp 'infinity' as moment,
        false as is_begin
    from issues
    where epic_key is not null
    union all by name
    select
        changes.issue_id,
        changes.instance,
        changes.instance || ':' || sides.value as relative_issue_id,
        lower(sides.key) as relative_key,
        coalesce(fields.field_role = 'epic_link', lower(changes.field_name) = 'epic link') as is_epic,
        changes.changed_at as moment,
        2 * coalesce(try_cast(changes.history_key as ubigint), 0) + cast(sides.is_begin as integer) as rank,
        sides.is_begin
    from {{ ref('stg_jira__issue_changes') }} as changes
    left join {{ ref('stg_jira__fields') }} as fields
        on changes.instance = fields.instance and changes.field_key = fields.field_key and fields.field_role = 'epic_link'
    inner join lateral (
        select
            changes.from_value as value,
            changes.from_text as key,
            false as is_begin
        union all
        select
            changes.to_value as value,
            changes.to_text as key,
            true as is_begin
    ) as sides on nullif(sides.key, '') is not null
    where lower(changes.field_name) in ('parent', 'issueparentassociation', 'epic link') or fields.field_role is not null
),

keyed as (
    select
        instance,
        compared_key,
        min(issue_id) as issue_id
    from issues
    group by instance, compared_key
),

named as (
    select
        told.issue_id,
        told.instance,
        coalesce(by_id.issue_id, keyed.issue_id) as relative_issue_id,
        coalesce(by_id.issue_id, keyed.issue_id, told.relative_key) as relative,
        coalesce(by_id.compared_key, told.relative_key) as relative_key,
        told.is_epic or coalesce(by_id.is_epic, false) as is_epic,
        told.moment,
        told.rank,
        told.is_begin
    from told
    left join issues as by_id on told.relative_issue_id = by_id.issue_id
    left join keyed on by_id.issue_id is null and told.instance = keyed.instance and told.relative_key = keyed.compared_key
    where coalesce(by_id.issue_id, keyed.issue_id) is distinct from told.issue_id
),

stays as (
    select
        issue_id,
        instance,
        relative_issue_id,
        relative_key,
        is_epic,
        is_begin,
        coalesce(lag(moment) over life, timestamp '-infinity') as from_at,
        moment as to_at
    from named
    window life as (partition by issue_id, relative order by moment, rank)
    qualify not is_begin
),

direct as (
    {{ seen_runs('stays') }}
)

select
    issue_id,
    relative_issue_id,
    relative_key,
    is_epic,
    1 as distance,
    from_at,
    to_at,
    first_moment_rank,
    last_moment_rank
from direct
union all
-- Of an issue that stands between, only its epic counts.
select
    direct.issue_id,
    above.relative_issue_id,
    above.relative_key,
    true as is_epic,
    2 as distance,
    greatest(direct.from_at, above.from_at) as from_at,
    least(direct.to_at, above.to_at) as to_at,
    {{ common_run('direct', 'above') }}
from direct
inner join direct as above on direct.relative_issue_id = above.issue_id and {{ seen_together('direct', 'above') }}
where not direct.is_epic and above.is_epic and direct.issue_id is distinct from above.relative_issue_id
