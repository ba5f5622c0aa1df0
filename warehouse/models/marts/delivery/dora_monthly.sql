-- One row per scope (repository or the whole program) and local month from its first deployment, change or incident on.
with deployments as (
    select
        scope_kind,
        scope_id,
        cast(date_trunc('month', deployed_date) as date) as month_date,
        string_agg(distinct deployment_source, ', ' order by deployment_source) as deployment_source,
        count(*) as deployment_count,
        count(distinct deployed_date) as deployment_days,
        count(*) filter (is_mature) as judged_count,
        count(*) filter (is_mature and incident_id is not null) as failed_count
    from {{ ref('int_deployments__judged') }}
    group by all
),

months as (
    select
        scopes.scope_kind,
        scopes.scope_id,
        months.month_date
    from (
        select
            scope_kind,
            scope_id,
            min(first_date) as first_date
        from (
            select
                scope_kind,
                scope_id,
                min(deployed_date) as first_date
            from {{ ref('int_deployments__judged') }} group by all
            union all
            select
                scope_kind,
                scope_id,
                min({{ local_date('resolved_at') }})
            from {{ ref('int_incidents__resolved') }} group by all
        )
        group by all
    ) as scopes
    inner join (
        select distinct cast(date_trunc('month', day_date) as date) as month_date
        from {{ ref('int_days__classified') }}
        where day_date <= {{ local_date(as_of()) }}
    ) as months on months.month_date >= date_trunc('month', scopes.first_date)
),

weeks as (
    -- The full weeks that begin in the month; those without a deployment count with zero days.
    select
        months.scope_kind,
        months.scope_id,
        months.month_date,
        weeks.week_date,
        count(distinct judged.deployed_date) as day_count
    from months
    inner join {{ ref('int_weeks__listed') }} as weeks
        on months.month_date = date_trunc('month', weeks.week_date) and weeks.is_full
    left join {{ ref('int_deployments__judged') }} as judged
        on
            months.scope_kind = judged.scope_kind
            and months.scope_id = judged.scope_id
            and weeks.week_date = date_trunc('week', judged.deployed_date)
    group by all
),

frequencies as (
    select
        scope_kind,
        scope_id,
        month_date,
        quantile_cont(day_count, 0.5) as days_per_week,
        avg(day_count) as mean_days_per_week
    from weeks
    group by all
),

changes as (
    select
        scope_kind,
        scope_id,
        cast(date_trunc('month', {{ local_date('deployed_at') }}) as date) as month_date,
        quantile_cont(lead_time_hours, 0.5) as lead_time_hours,
        count(lead_time_hours) as change_count
    from {{ ref('int_changes__deployed') }}
    group by all
),

recoveries as (
    select
        scope_kind,
        scope_id,
        cast(date_trunc('month', {{ local_date('resolved_at') }}) as date) as month_date,
        quantile_cont(recovery_hours, 0.5) as recovery_hours,
        count(recovery_hours) as recovered_count
    from {{ ref('int_incidents__resolved') }}
    group by all
),

figures as (
    select
        months.*,
        deployments.deployment_source,
        coalesce(deployments.deployment_count, 0) as deployment_count,
        coalesce(deployments.deployment_days, 0) as deployment_days,
        frequencies.days_per_week,
        -- A median of zero hides whether it was once a month or never: the mean tells.
        coalesce(nullif(frequencies.days_per_week, 0), frequencies.mean_days_per_week) as banded_days_per_week,
        changes.lead_time_hours,
        coalesce(changes.change_count, 0) as change_count,
        coalesce(deployments.judged_count, 0) as judged_count,
        deployments.failed_count / nullif(deployments.judged_count, 0) as change_failure_share,
        recoveries.recovery_hours,
        coalesce(recoveries.recovered_count, 0) as recovered_count
    from months
    left join deployments using (scope_kind, scope_id, month_date)
    left join frequencies using (scope_kind, scope_id, month_date)
    left join changes using (scope_kind, scope_id, month_date)
    left join recoveries using (scope_kind, scope_id, month_date)
)

select
    figures.scope_kind,
    figures.scope_id,
    figures.month_date,
    figures.deployment_source,
    figures.deployment_count,
    figures.deployment_days,
    figures.days_per_week as deployment_frequency_per_week,
    figures.lead_time_hours as lead_time_for_changes_p50_hours,
    figures.change_count,
    figures.change_failure_share,
    figures.judged_count,
    figures.recovery_hours as recovery_p50_hours,
    figures.recovered_count,
    frequency_bands.band as deployment_frequency_band,
    lead_bands.band as lead_time_band,
    failure_bands.band as change_failure_band,
    recovery_bands.band as recovery_band
from figures
left join {{ ref('dora_bands') }} as frequency_bands
    on
        frequency_bands.metric = 'deployment_frequency'
        and figures.banded_days_per_week >= frequency_bands.from_value
        and figures.banded_days_per_week < coalesce(frequency_bands.below_value, 'infinity')
left join {{ ref('dora_bands') }} as lead_bands
    on
        lead_bands.metric = 'lead_time'
        and figures.lead_time_hours >= lead_bands.from_value
        and figures.lead_time_hours < coalesce(lead_bands.below_value, 'infinity')
left join {{ ref('dora_bands') }} as failure_bands
    on
        failure_bands.metric = 'change_failure'
        and figures.change_failure_share >= failure_bands.from_value
        and figures.change_failure_share < coalesce(failure_bands.below_value, 'infinity')
left join {{ ref('dora_bands') }} as recovery_bands
    on
        recovery_bands.metric = 'recovery'
        and figures.recovery_hours >= recovery_bands.from_value
        and figures.recovery_hours < coalesce(recovery_bands.below_value, 'infinity')
