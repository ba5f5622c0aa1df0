-- One row per kind and value that makes an incident: what [incidents] of the settings names of a kind, else the seed's rows of it.
with named as (
    select unnest(map_entries(cast(cast({{ setting('incident_rules') }} as json) as map (varchar, varchar[])))) as told
)

select
    rules.kind,
    rules.value
from {{ ref('incident_rules') }} as rules
where rules.kind not in (select told.key from named)
union all by name
select
    told.key as kind,
    unnest(told.value) as value
from named
