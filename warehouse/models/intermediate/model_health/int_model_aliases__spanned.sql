-- One row per model, alias and stay of it on a version, from the landed versions of the registry: MLflow keeps no such history.
with landed as (
    select
        model_id,
        instance,
        valid_from,
        deleted_at,
        case when deleted_at is null then aliases else [] end as aliases
    from {{ ref('stg_mlflow__registered_models') }}
),

names as (
    select distinct
        model_id,
        unnest(aliases).alias as alias
    from landed
),

states as (
    select
        names.model_id,
        names.alias,
        landed.instance,
        -- A deleted model's last payload is kept: the alias ends with the deletion.
        coalesce(landed.deleted_at, landed.valid_from) as seen_at,
        list_filter(landed.aliases, lambda item: item['alias'] = names.alias)[1].version as version
    from names
    inner join landed on names.model_id = landed.model_id
),

changes as (
    select *
    from states
    qualify
        version is distinct from lag(version) over (partition by model_id, alias order by seen_at)
        or row_number() over (partition by model_id, alias order by seen_at) = 1
),

stays as (
    select
        *,
        lead(seen_at) over (partition by model_id, alias order by seen_at) as to_at
    from changes
),

attempts as (
    select
        instance,
        attempted_at
    from {{ ref('stg_hub__sync_attempts') }}
    where source = 'mlflow' and stream = 'registered_models' and is_success
),

looked_before as (
    select
        stays.model_id,
        stays.alias,
        stays.seen_at,
        max(attempts.attempted_at) as looked_at
    from stays
    inner join attempts on stays.instance = attempts.instance and date_trunc('second', stays.seen_at) > attempts.attempted_at
    group by stays.model_id, stays.alias, stays.seen_at
)

select
    stays.model_id,
    stays.alias,
    stays.version,
    -- It was set after the last look that did not show it, and not before the version existed.
    greatest(looked_before.looked_at, versions.created_at) as not_before_at,
    stays.seen_at,
    stays.to_at,
    stays.to_at is null as is_current,
    -- It stood when the hub first looked: nobody can say since when.
    stays.seen_at = firsts.seen_at as is_since_first_sync
from stays
left join looked_before
    on stays.model_id = looked_before.model_id and stays.alias = looked_before.alias and stays.seen_at = looked_before.seen_at
left join (
    select
        model_id,
        version,
        min(created_at) as created_at
    from {{ ref('stg_mlflow__model_versions') }}
    group by model_id, version
) as versions on stays.model_id = versions.model_id and stays.version = versions.version
inner join (
    select
        model_id,
        min(seen_at) as seen_at
    from states
    group by model_id
) as firsts on stays.model_id = firsts.model_id
where stays.version is not null
