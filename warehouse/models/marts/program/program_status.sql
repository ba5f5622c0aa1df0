-- One row per initiative and dimension, overall among them, and the same for the program (initiative null).
with named as (
    select
        initiative_id,
        dimension,
        unnest(evidence) as id
    from {{ ref('int_statuses__combined') }}
    where moment_at = {{ as_of() }}
),

located as (
    select
        named.initiative_id,
        named.dimension,
        list(struct_pack(
            id := named.id,
            -- What is not found by its id names a row of a mart: earned_value INI-1 2026-10.
            kind := coalesce(places.kind, split_part(named.id, ' ', 1)),
            url := places.url,
            place := places.place
        ) order by named.id) as links,
        list_sort(list_distinct(flatten(list(places.chain_ids) filter (where places.chain_ids is not null)))) as chain_ids
    from named
    left join {{ ref('int_evidence__located') }} as places on named.id = places.evidence
    group by named.initiative_id, named.dimension
)

select
    coalesce(combined.initiative_id, '*') as scope_id,
    combined.initiative_id,
    combined.dimension,
    combined.status,
    combined.rule,
    combined.value,
    combined.threshold,
    rules.unit,
    combined.reason,
    combined.first_reason,
    combined.turns_green_when,
    combined.evidence,
    coalesce(located.links, []) as evidence_links,
    coalesce(located.chain_ids, []) as evidence_chain_ids,
    overrides.status as override_status,
    overrides.reason as override_reason,
    overrides.until_date as override_until_date
from {{ ref('int_statuses__combined') }} as combined
left join {{ ref('int_overrides__in_force') }} as overrides
    on combined.dimension = overrides.dimension and combined.initiative_id is not distinct from overrides.initiative_id
left join {{ ref('status_rules') }} as rules on combined.rule = rules.rule
left join located on combined.dimension = located.dimension and combined.initiative_id is not distinct from located.initiative_id
where combined.moment_at = {{ as_of() }}
