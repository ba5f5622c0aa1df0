-- One row per mart, subject and column whose newest complete value a key result may name as its source.
with earned as (
    select
        coalesce(initiative_id, 'program') as subject,
        {{ named_values(['cpi', 'spi', 'spi_t', 'percent_complete_share', 'eac_amount', 'vac_amount']) }}
    from {{ ref('earned_value') }}
    where is_closed
    qualify row_number() over (partition by scope_id order by month_date desc) = 1
),

initiatives as (
    select
        initiative_id as subject,
        {{ named_values(['scope_count', 'done_count', 'done_share']) }}
    from {{ ref('initiatives') }}
),

milestones as (
    select
        milestone_id as subject,
        {{ named_values(['on_time_share', 'slip_days']) }}
    from {{ ref('milestones') }}
),

unit_costs as (
    select
        initiative_id || '/' || unit as subject,
        {{ named_values(['amount_per_unit', 'amount_per_unit_to_date']) }}
    from {{ ref('unit_costs') }}
    qualify row_number() over (partition by initiative_id, unit order by month_date desc) = 1
),

flow as (
    select
        project_key as subject,
        {{ named_values([
            'finished_count', 'wip_count', 'cycle_time_p50_hours', 'cycle_time_p85_hours', 'lead_time_p50_hours', 'flow_efficiency_share',
            'bug_share',
        ]) }}
    from {{ ref('flow_weekly') }}
    where is_full
    qualify row_number() over (partition by project_key order by week_date desc) = 1
),

pulls as (
    select
        repository as subject,
        {{ named_values(['time_to_merge_p50_hours', 'cycle_time_p50_hours', 'pickup_p50_hours', 'review_p50_hours', 'unlinked_share']) }}
    from {{ ref('pull_requests_weekly') }}
    where is_full
    qualify row_number() over (partition by repository order by week_date desc) = 1
),

dora as (
    select
        scope_id as subject,
        {{ named_values([
            'deployment_frequency_per_week', 'lead_time_for_changes_p50_hours', 'change_failure_share', 'recovery_p50_hours',
        ]) }}
    from {{ ref('dora_monthly') }}
    where month_date < date_trunc('month', {{ local_date(as_of()) }})
    qualify row_number() over (partition by scope_id order by month_date desc, scope_kind asc) = 1
),

models as (
    select
        name as subject,
        {{ named_values(['staleness_days', 'drift_share', 'run_failure_share_30d', 'reproducible_share', 'open_gate_count']) }}
    from {{ ref('model_health') }}
    -- A name that two registries have tells of neither.
    qualify count(*) over (partition by lower(name)) = 1
),

offered as (
    {% for mart, rows in {
        'earned_value': 'earned', 'initiatives': 'initiatives', 'milestones': 'milestones', 'unit_costs': 'unit_costs',
        'flow_weekly': 'flow', 'pull_requests_weekly': 'pulls', 'dora_monthly': 'dora', 'model_health': 'models',
    }.items() -%}
        select
            '{{ mart }}' as mart,
            subject,
            name,
            value
        from {{ rows }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    mart,
    subject,
    name,
    value,
    lower('mart:' || mart || '/' || subject || '/' || name) as source
from offered
where subject is not null
