-- One row per moment and registered model of it: the colour of its health, and why.
with judged as (
    select
        moment_at,
        model_id,
        {{ worst('status') }} as status,
        coalesce(
            list(reason order by {{ colour_rank('status') }} desc, rule_rank asc) filter (where status <> 'green'), []
        ) as reasons,
        coalesce(
            list(turns_green_when order by {{ colour_rank('status') }} desc, rule_rank asc) filter (where status <> 'green'), []
        ) as turns_green_when,
        coalesce(
            list_distinct(flatten(list(evidence) filter (where status in ('red', 'amber')))), []
        ) as evidence
    from {{ ref('int_models__judged') }}
    where status is not null
    group by moment_at, model_id
)

select
    measured.*,
    coalesce(judged.status, 'white') as status,
    coalesce(judged.reasons, []) as reasons,
    coalesce(judged.turns_green_when, []) as turns_green_when,
    coalesce(judged.evidence, []) as evidence
from {{ ref('int_models__measured') }} as measured
left join judged on measured.moment_at = judged.moment_at and measured.model_id = judged.model_id
