-- One row per live model version: may it be released, and if not, what is missing.
select
    summed.model_version_id,
    summed.model_id,
    summed.version,
    case
        when summed.version = models.champion_version then 'champion'
        when summed.version = models.challenger_version then 'challenger'
        when summed.version = models.latest_version then 'latest'
    end as role,
    models.risk_tier,
    case
        when summed.failed_count > 0 then 'red'
        when summed.unknown_count > 0 then 'white'
        when summed.waived_count > 0 then 'amber'
        else 'green'
    end as status,
    summed.failed_count + summed.unknown_count = 0 as is_ready,
    summed.required_count,
    summed.passed_count,
    summed.waived_count,
    summed.failed_count,
    summed.unknown_count,
    summed.failed_gates,
    summed.unknown_gates,
    summed.waived_gates,
    summed.next_waiver_end_date,
    summed.overdue_obligation_gates,
    summed.next_obligation_date,
    summed.remedies
from {{ ref('int_release_gates__summed') }} as summed
inner join {{ ref('int_models__described') }} as models on summed.model_id = models.model_id
where summed.moment_at = {{ as_of() }}
