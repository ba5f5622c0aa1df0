-- One row per scope (repository, team or the whole program) and local month from its first deployment, change or incident on.
with months as (
    select
        scopes.scope_kind,
        scopes.scope_id,
        months.month_date
    from (
        select
            scope_kind,
            scope_id,
            min(month_date) as first_date
        from {{ ref('int_dora__stepped') }}
        group by all
    ) as scopes
    inner join (
        select distinct cast(date_trunc('month', day_date) as date) as month_date
        from {{ ref('int_days__classified') }}
        where day_date <= {{ local_date(as_of()) }}
    ) as months on scopes.first_date <= months.month_date
),

counted as (
    -- Of each metric only what its proof counts.
    select
        scope_kind,
        scope_id,
        month_date,
        string_agg(distinct deployment_source, ', ' order by deployment_source) as deployment_source,
        count(*) filter (metric = 'deployment_frequency') as deployment_count,
        count(distinct day_date) filter (metric = 'deployment_frequency') as deployment_days,
        quantile_cont(hours, 0.5) filter (metric = 'lead_time_for_changes') as lead_time_hours,
        count(*) filter (metric = 'lead_time_for_changes') as change_count,
        count(*) filter (metric = 'change_failure') as judged_count,
        count(incident_id) filter (metric = 'change_failure') as failed_count,
        quantile_cont(hours, 0.5) filter (metric = 'recovery') as recovery_hours,
        count(*) filter (metric = 'recovery') as recovered_count
    from {{ ref('int_dora__stepped') }}
    where is_counted
    group by all
),

weeks as (
    -- The full weeks that begin in the month; those without a deployment count with zero days.
    select
        months.scope_kind,
        months.scope_id,
        months.month_date,
        weeks.week_date,
        count(distinct steps.day_date) as day_count
    from months
    inner join {{ ref('int_weeks__listed') }} as weeks
        on months.month_date = date_trunc('month', weeks.week_date) and weeks.is_full
    left join {{ ref('int_dora__stepped') }} as steps
        on
            steps.metric = 'deployment_frequency'
            and steps.is_counted
            and months.scope_kind = steps.scope_kind
            and months.scope_id = steps.scope_id
            and weeks.week_date = date_trunc('week', steps.day_date)
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

figures as (
    select
        months.*,
        counted.deployment_source,
        coalesce(counted.deployment_count, 0) as deployment_count,
        coalesce(counted.deployment_days, 0) as deployment_days,
        frequencies.days_per_week,
        -- A median of zero hides whether it was once a month or never: the mean tells.
        coalesce(nullif(frequencies.days_per_week, 0), frequencies.mean_days_per_week) as banded_days_per_week,
        counted.lead_time_hours,
        coalesce(counted.change_count, 0) as change_count,
        coalesce(counted.judged_count, 0) as judged_count,
        counted.failed_count / nullif(counted.judged_count, 0) as change_failure_share,
        counted.recovery_hours,
        coalesce(counted.recovered_count, 0) as recovered_count
    from months
    left join counted using (scope_kind, scope_id, month_date)
    left join frequencies using (scope_kind, scope_id, month_date)
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
