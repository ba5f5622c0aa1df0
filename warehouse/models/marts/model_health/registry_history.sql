-- One row per change of the model registry that a sync saw: the hub's own audit trail.
with looks as (
    select distinct
        instance,
        stream,
        attempted_at
    from {{ ref('stg_hub__sync_attempts') }}
    where source = 'mlflow' and is_success
)

select
    changes.subject_kind,
    changes.subject_id,
    changes.model_id,
    changes.version,
    changes.what,
    changes.name,
    changes.old_value,
    changes.new_value,
    changes.happened_at,
    -- After the last look that did not show it; a version cannot change before it exists.
    looks.attempted_at as not_before_at,
    changes.seen_at,
    changes.is_first_look
from {{ ref('int_registry__changed') }} as changes
asof left join looks
    on
        changes.instance = looks.instance
        and changes.stream = looks.stream
        and changes.seen_at > looks.attempted_at
