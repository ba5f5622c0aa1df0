-- One row per change of a registered model or version that a sync saw: created, deleted, or one fact set to another value.
with states as (
    select
        *,
        lag(is_gone) over by_time as was_gone,
        lag(created_at) over by_time as former_created_at,
        lag(updated_at) over by_time as former_updated_at,
        lag(facts) over by_time as former_facts,
        min(seen_at) over (partition by instance, subject_kind) as first_look_at
    from {{ ref('int_registry__landed') }}
    window by_time as (partition by subject_id order by seen_at)
),

compared as (
    select
        *,
        -- Deleted and made again under its name between two syncs: the server tells by the time of creation.
        not is_gone and (former_facts is null or was_gone or created_at is distinct from former_created_at) as is_created,
        is_gone and was_gone is not true as is_deleted,
        case
            when former_facts is null or (is_created and was_gone is not true)
                then map(cast([] as varchar[]), cast([] as varchar[]))
            else former_facts
        end as facts_before
    from states
),

named as (
    select
        compared.*,
        unnest(list_distinct(list_concat(map_keys(compared.facts), map_keys(compared.facts_before)))) as fact
    from compared
    where not compared.is_gone
),

set_facts as (
    select
        * exclude (fact),
        split_part(fact, ' ', 1) as what,
        nullif(substr(fact, length(what) + 2), '') as name,
        facts_before[fact] as old_value,
        facts[fact] as new_value
    from named
    where facts_before[fact] is distinct from facts[fact]
),

changes as (
    select
        * exclude (facts, facts_before, former_facts),
        case when is_deleted then 'deleted' else 'created' end as what,
        cast(null as varchar) as name,
        cast(null as varchar) as old_value,
        cast(null as varchar) as new_value
    from compared
    where is_deleted or is_created
    union all by name
    select * exclude (facts, facts_before, former_facts)
    from set_facts
),

-- A new description, stage or status moves the record's time stamp; aliases and tags move none.
stamped as (
    select
        *,
        count(*) filter (where what in ('description', 'stage', 'status')) over (partition by subject_id, seen_at) as stamped_count
    from changes
),

births as (
    select distinct
        model_id,
        created_at
    from {{ ref('int_registry__landed') }}
    where subject_kind = 'version'
)

select
    stamped.subject_kind,
    stamped.subject_id,
    stamped.instance,
    stamped.stream,
    stamped.model_id,
    stamped.version,
    stamped.what,
    stamped.name,
    stamped.old_value,
    stamped.new_value,
    case
        when stamped.what = 'created' then stamped.created_at
        when
            stamped.what in ('description', 'stage', 'status')
            and stamped.stamped_count = 1
            and not stamped.is_created
            and stamped.updated_at > stamped.former_updated_at
            -- A new version moves its model's time stamp as well: then nobody can say which of the two it tells of.
            and births.created_at is null
            then stamped.updated_at
    end as happened_at,
    stamped.seen_at,
    stamped.seen_at = stamped.first_look_at as is_first_look
from stamped
left join births
    on stamped.subject_kind = 'model' and stamped.model_id = births.model_id and stamped.updated_at = births.created_at
