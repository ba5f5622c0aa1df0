-- One row per way to name an initiative (its id, or a name that only it has), in normalised form.
with ids as (
    select
        initiative_id,
        {{ normalised('initiative_id') }} as reference
    from {{ ref('int_initiatives__gathered') }}
),

names as (
    select
        initiative_id,
        {{ normalised('name') }} as reference
    from {{ ref('int_initiatives__gathered') }}
)

select
    reference,
    min(initiative_id) as initiative_id
from ids
where reference is not null
group by reference
union all
select
    reference,
    min(initiative_id) as initiative_id
from names
where reference is not null and reference not in (select ids.reference from ids where ids.reference is not null)
group by reference
having count(distinct initiative_id) = 1
