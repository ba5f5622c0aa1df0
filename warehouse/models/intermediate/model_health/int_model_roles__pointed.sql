-- One row per model, role and stay of an alias, tag or stage that gives it to a version (seed model_roles).
with states as (
    select
        model_id,
        model_version_id,
        version,
        instance,
        deleted_at is not null as is_gone,
        coalesce(deleted_at, valid_from) as seen_at,
        created_at,
        updated_at,
        lower(registry_stage) as stage,
        lower(trim(tags['hub.role'])) as tag
    from {{ ref('stg_mlflow__model_versions') }}
),

shown as (
    unpivot (
        select
            model_id,
            model_version_id,
            version,
            is_gone,
            seen_at,
            created_at,
            updated_at,
            coalesce(stage, '') as stage,
            coalesce(tag, '') as tag
        from states
    )
    on stage, tag
    into name kind value value
),

pointing as (
    select
        shown.* exclude (value),
        case when not shown.is_gone then roles.value end as value,
        roles.role,
        roles.rank,
        lag(case when not shown.is_gone then roles.value end)
            over (partition by shown.model_version_id, shown.kind order by shown.seen_at)
            as former_value,
        lag(shown.updated_at) over (partition by shown.model_version_id, shown.kind order by shown.seen_at) as former_updated_at
    from shown
    left join {{ ref('model_roles') }} as roles on shown.kind = roles.kind and shown.value = roles.value
),

changes as (
    select
        *,
        lead(seen_at) over (partition by model_version_id, kind order by seen_at) as to_at
    from pointing
    where value is distinct from former_value
),

firsts as (
    select
        model_id,
        min(seen_at) as seen_at
    from states
    group by model_id
)

select
    aliases.model_id,
    roles.role,
    'alias ' || aliases.alias as evidence,
    aliases.version,
    roles.rank,
    aliases.not_before_at,
    cast(null as timestamp) as happened_at,
    aliases.seen_at,
    aliases.to_at,
    aliases.is_since_first_sync
from {{ ref('int_model_aliases__spanned') }} as aliases
inner join {{ ref('model_roles') }} as roles on roles.kind = 'alias' and lower(aliases.alias) = roles.value
union all
select
    changes.model_id,
    changes.role,
    changes.kind || ' ' || changes.value as evidence,
    changes.version,
    changes.rank,
    changes.created_at as not_before_at,
    -- Of these only a new stage moves the version's time stamp.
    case when changes.kind = 'stage' and changes.updated_at > changes.former_updated_at then changes.updated_at end as happened_at,
    changes.seen_at,
    changes.to_at,
    changes.seen_at = firsts.seen_at as is_since_first_sync
from changes
inner join firsts on changes.model_id = firsts.model_id
where changes.value is not null
