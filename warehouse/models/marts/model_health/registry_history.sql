-- One row per change of the model registry, or removal of a run, that a sync saw: the hub's own audit trail.
with looks as (
    -- Of the runs a census alone shows what is in the bin or gone for good: an hourly read asks for the recent ones.
    select distinct
        instance,
        stream,
        attempted_at
    from {{ ref('stg_hub__sync_attempts') }}
    where source = 'mlflow' and is_success and (stream <> 'runs' or is_census)
),

changes as (
    select
        *,
        cast(null as timestamp) as former_seen_at
    from {{ ref('int_registry__changed') }}
    union all by name
    select
        'run' as subject_kind,
        mlflow_run_id as subject_id,
        instance,
        'runs' as stream,
        what,
        seen_at,
        former_seen_at,
        is_first_look
    from {{ ref('int_runs__removed') }}
)

select
    changes.subject_kind,
    changes.subject_id,
    changes.model_id,
    changes.version,
    changes.what,
    changes.name,
    {{ as_person('changes.old_value', 'old_people.person_id') }} as old_value,
    {{ as_person('changes.new_value', 'new_people.person_id') }} as new_value,
    changes.happened_at,
    -- After the last look that did not show it; a version cannot change before it exists.
    greatest(looks.attempted_at, changes.former_seen_at) as not_before_at,
    changes.seen_at,
    changes.is_first_look
from changes
asof left join looks
    on
        changes.instance = looks.instance
        and changes.stream = looks.stream
        -- What one look finds lands microseconds apart.
        and date_trunc('second', changes.seen_at) > looks.attempted_at
left join {{ ref('int_people__gathered') }} as old_people
    on {{ person_id('lower(trim(changes.old_value))') }} = old_people.person_id
left join {{ ref('int_people__gathered') }} as new_people
    on {{ person_id('lower(trim(changes.new_value))') }} = new_people.person_id
