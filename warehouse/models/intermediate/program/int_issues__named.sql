-- One row per issue, name that a roadmap has used for it (its key or epic, a component, label, version or project of it) and run of moments
-- at which it bore that name, with the time at which it got and lost it (infinite: always, still). From the changelog; the present is
-- what the issue says itself, also of a name that was changed for all.
with mapped as (
    select distinct
        kind,
        compared_value
    from {{ ref('int_initiatives__mapped') }}
),

issues as (
    select
        issue_id,
        instance,
        issue_key,
        labels,
        components,
        fix_versions
    from {{ ref('stg_jira__issues') }}
),

presents as (
    select
        issue_id,
        instance,
        'key' as kind,
        issue_key as name
    from issues
    union all
    select
        issue_id,
        instance,
        'component' as kind,
        unnest(components) as name
    from issues
    union all
    select
        issue_id,
        instance,
        'label' as kind,
        unnest(labels) as name
    from issues
    union all
    select
        issue_id,
        instance,
        'version' as kind,
        unnest(fix_versions) as name
    from issues
),

changes as (
    -- A change of labels tells all of them; components and versions come and go one by one.
    select
        changes.issue_id,
        changes.instance,
        kinds.kind,
        case kinds.kind when 'label' then string_split(changes.from_text, ' ') else [changes.from_text] end as former_names,
        case kinds.kind when 'label' then string_split(changes.to_text, ' ') else [changes.to_text] end as names,
        changes.changed_at as moment,
        2 * coalesce(try_cast(changes.history_key as ubigint), 0) as rank
    from {{ ref('stg_jira__issue_changes') }} as changes
    inner join (
        values ('component', 'component'), ('fix version', 'version'), ('labels', 'label'), ('key', 'key')
    ) as kinds (field_name, kind)
        on lower(changes.field_name) = kinds.field_name
),

told as (
    -- Every name is lost: by a change, or not yet.
    select
        issue_id,
        instance,
        kind,
        name,
        timestamp 'infinity' as moment,
        null as rank,
        false as is_begin
    from presents
    union all by name
    select
        issue_id,
        instance,
        kind,
        unnest(former_names) as name,
        moment,
        rank,
        false as is_begin
    from changes
    union all by name
    select
        issue_id,
        instance,
        kind,
        unnest(names) as name,
        moment,
        rank + 1 as rank,
        true as is_begin
    from changes
),

compared as (
    select
        * exclude (kind, name),
        unnest(case kind when 'key' then ['epic', 'project'] else [kind] end) as kind,
        unnest(
            case kind when 'key' then [lower(name), regexp_extract(lower(name), '^(.*)-\d+$', 1)] else [lower(name)] end
        ) as compared_value
    from told
    where nullif(name, '') is not null
),

netted as (
    -- What one change takes and gives back at once, as one of labels does, stays.
    select
        compared.issue_id,
        compared.instance,
        compared.kind,
        compared.compared_value,
        compared.moment,
        max(compared.rank) as rank,
        sum(case when compared.is_begin then 1 else -1 end) as step
    from compared
    semi join mapped on compared.kind = mapped.kind and compared.compared_value = mapped.compared_value
    group by compared.issue_id, compared.instance, compared.kind, compared.compared_value, compared.moment
    having step <> 0
),

stays as (
    select
        issue_id,
        instance,
        kind,
        compared_value,
        step > 0 as is_begin,
        coalesce(lag(moment) over life, timestamp '-infinity') as from_at,
        moment as to_at
    from netted
    window life as (partition by issue_id, kind, compared_value order by moment, rank)
    qualify not is_begin
),

own as (
    {{ seen_runs('stays') }}
)

select
    issue_id,
    kind,
    compared_value,
    from_at,
    to_at,
    first_moment_rank,
    last_moment_rank
from own
union all
-- The epic is a name of the issue itself, also where the epic is of a project that is not synced.
select
    related.issue_id,
    'epic' as kind,
    related.relative_key as compared_value,
    related.from_at,
    related.to_at,
    related.first_moment_rank,
    related.last_moment_rank
from {{ ref('int_issues__related') }} as related
semi join mapped on mapped.kind = 'epic' and related.relative_key = mapped.compared_value
where related.is_epic
