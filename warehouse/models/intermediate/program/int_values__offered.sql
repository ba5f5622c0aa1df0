-- One row per mart, subject and column whose newest complete value a key result may name as its source.
{#- By mart: its subject, which figures it offers, of which of its rows. A name that two registries have tells of neither. -#}
{% set marts = {
    'earned_value': {
        'subject': "coalesce(initiative_id, 'program')",
        'figures': ['cpi', 'spi', 'spi_t', 'percent_complete_share', 'eac_amount', 'vac_amount'],
        'rows': 'where is_closed qualify row_number() over (partition by scope_id order by month_date desc) = 1',
    },
    'initiatives': {'subject': 'initiative_id', 'figures': ['scope_count', 'done_count', 'done_share'], 'rows': ''},
    'milestones': {'subject': 'milestone_id', 'figures': ['on_time_share', 'slip_days'], 'rows': ''},
    'unit_costs': {
        'subject': "initiative_id || '/' || unit",
        'figures': ['amount_per_unit', 'amount_per_unit_to_date'],
        'rows': 'qualify row_number() over (partition by initiative_id, unit order by month_date desc) = 1',
    },
    'flow_weekly': {
        'subject': 'project_key',
        'figures': [
            'finished_count', 'wip_count', 'cycle_time_p50_hours', 'cycle_time_p85_hours', 'lead_time_p50_hours', 'flow_efficiency_share',
            'bug_share',
        ],
        'rows': 'where is_full qualify row_number() over (partition by project_key order by week_date desc) = 1',
    },
    'pull_requests_weekly': {
        'subject': 'repository',
        'figures': [
            'time_to_merge_p50_hours', 'cycle_time_p50_hours', 'pickup_p50_hours', 'review_p50_hours', 'unlinked_share'
        ],
        'rows': 'where is_full qualify row_number() over (partition by repository order by week_date desc) = 1',
    },
    'dora_monthly': {
        'subject': 'scope_id',
        'figures': [
            'deployment_frequency_per_week', 'lead_time_for_changes_p50_hours', 'change_failure_share', 'recovery_p50_hours'
        ],
        'rows': "where month_date < date_trunc('month', " ~ local_date(as_of()) ~ ')'
            ~ ' qualify row_number() over (partition by scope_id order by month_date desc, scope_kind asc) = 1',
    },
    'model_health': {
        'subject': 'name',
        'figures': ['staleness_days', 'drift_share', 'run_failure_share_30d', 'reproducible_share', 'open_gate_count'],
        'rows': 'qualify count(*) over (partition by lower(name)) = 1',
    },
} %}

with offered as (
    {% for mart, of in marts.items() -%}
        select
            '{{ mart }}' as mart,
            {{ of.subject }} as subject,
            {{ named_values(of.figures) }}
        from {{ ref(mart) }}
        {{ of.rows }}
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
