-- One row per moment and way to name an initiative then (its id, or a name that only it had), in normalised form.
with ids as (
    select
        moment_at,
        initiative_id,
        {{ normalised('initiative_id') }} as reference
    from {{ ref('int_initiatives__at_moments') }}
),

names as (
    select
        moment_at,
        initiative_id,
        {{ normalised('name') }} as reference
    from {{ ref('int_initiatives__at_moments') }}
)

select
    moment_at,
    reference,
    min(initiative_id) as initiative_id
from ids
where reference is not null
group by moment_at, reference
union all
select
    names.moment_at,
    names.reference,
    min(names.initiative_id) as initiative_id
from names
anti join ids on names.moment_at = ids.moment_at and names.reference = ids.reference
where names.reference is not null
group by names.moment_at, names.reference
having count(distinct names.initiative_id) = 1
