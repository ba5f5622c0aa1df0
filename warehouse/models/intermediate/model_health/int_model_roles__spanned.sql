-- One row per model, role and stay of it on a version: champion or challenger is what the pointer of lowest rank says.
with pointers as (
    select * from {{ ref('int_model_roles__pointed') }}
),

instants as (
    select
        model_id,
        role,
        seen_at
    from pointers
    union
    select
        model_id,
        role,
        to_at as seen_at
    from pointers
    where to_at is not null
),

held as (
    select
        instants.model_id,
        instants.role,
        instants.seen_at,
        arg_min(pointers, (pointers.rank, -coalesce(try_cast(pointers.version as integer), 0))) as pointer
    from instants
    left join pointers
        on
            instants.model_id = pointers.model_id
            and instants.role = pointers.role
            and instants.seen_at >= pointers.seen_at
            and instants.seen_at < coalesce(pointers.to_at, timestamp '9999-01-01')
    group by instants.model_id, instants.role, instants.seen_at
),

changes as (
    select
        *,
        pointer['version'] as version
    from held
    qualify
        version is distinct from lag(version) over (partition by model_id, role order by seen_at)
        or row_number() over (partition by model_id, role order by seen_at) = 1
),

stays as (
    select
        *,
        lead(seen_at) over (partition by model_id, role order by seen_at) as to_at
    from changes
)

select
    model_id,
    role,
    version,
    pointer['evidence'] as evidence,
    -- The pointer may be older than its turn: another one went before it until now.
    case when pointer['seen_at'] = seen_at then pointer['not_before_at'] end as not_before_at,
    case when pointer['seen_at'] = seen_at then pointer['happened_at'] end as happened_at,
    seen_at,
    to_at,
    to_at is null as is_current,
    pointer['is_since_first_sync'] and pointer['seen_at'] = seen_at as is_since_first_sync
from stays
where version is not null
