-- One row per live registered model.
with judged as (
    select
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
    group by model_id
)

select
    measured.model_id,
    measured.model_name as name,
    measured.initiative_id,
    coalesce(judged.status, 'white') as status,
    coalesce(judged.reasons, []) as reasons,
    coalesce(judged.turns_green_when, []) as turns_green_when,
    coalesce(judged.evidence, []) as evidence,
    measured.champion_version,
    measured.staleness_days,
    measured.staleness_limit_days,
    measured.regression_count,
    measured.drift_share,
    measured.drift_feature_count,
    measured.run_failure_share_30d,
    measured.run_count_30d,
    measured.reproducible_share,
    measured.reproducible_run_count,
    measured.has_owner,
    measured.has_linked_issue,
    measured.open_gate_count,
    measured.last_trained_at,
    measured.last_promoted_at
from {{ ref('int_models__measured') }} as measured
left join judged on measured.model_id = judged.model_id
