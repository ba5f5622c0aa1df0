-- One row per moment and model version of it: how many of its required release gates stood how.
select
    moment_at,
    model_version_id,
    model_id,
    version,
    count(*) filter (where is_required) as required_count,
    count(*) filter (where is_required and status = 'passed') as passed_count,
    count(*) filter (where is_required and status = 'waived') as waived_count,
    count(*) filter (where is_required and status = 'failed') as failed_count,
    count(*) filter (where is_required and status = 'unknown') as unknown_count,
    coalesce(list(gate order by gate) filter (where is_required and status = 'failed'), []) as failed_gates,
    coalesce(list(gate order by gate) filter (where is_required and status = 'unknown'), []) as unknown_gates,
    coalesce(list(gate order by gate) filter (where is_required and status = 'waived'), []) as waived_gates,
    coalesce(list(title order by gate) filter (where is_required and status = 'failed'), []) as failed_titles,
    coalesce(list(title order by gate) filter (where is_required and status = 'unknown'), []) as unknown_titles,
    coalesce(
        list(gate order by gate) filter (
            where status in ('failed', 'unknown') and obligation_from_date <= moment_date
        ),
        []
    ) as overdue_obligation_gates,
    min(obligation_from_date) filter (
        where status in ('failed', 'unknown') and obligation_from_date > moment_date
    ) as next_obligation_date,
    min(waiver_until_date) filter (where status = 'waived') as next_waiver_end_date,
    coalesce(
        list(remedy order by list_position(['failed', 'unknown'], status), gate)
        filter (where is_required and status in ('failed', 'unknown')),
        []
    ) as remedies
from {{ ref('int_release_gates__checked') }}
group by moment_at, model_version_id, model_id, version
