-- One row per risk seen in the data and subject of it.
with from_measures as (
    -- The measures that a rule puts beyond its first limit.
    select
        rule || ' ' || initiative_id as signal_id,
        rule,
        case status when 'red' then 'high' else 'medium' end as severity,
        reason,
        initiative_id,
        evidence
    from {{ ref('int_rules__judged') }}
    where
        moment_at = {{ as_of() }}
        and initiative_id is not null
        and status in ('red', 'amber')
        and rule in (select signals.rule from {{ ref('risk_signal_rules') }} as signals)
),

stale_champions as (
    select
        'champion_stale ' || model_id as signal_id,
        'champion_stale' as rule,
        'high' as severity,
        name || ': version ' || champion_version as subject,
        initiative_id,
        last_trained_at + to_days(cast(ceil(staleness_limit_days) as integer)) as since_at,
        [model_id] as evidence
    from {{ ref('model_health') }}
    where staleness_days > staleness_limit_days
),

open_milestones as (
    select
        planned.initiative_id,
        min(planned.target_date) as next_target_date,
        arg_min(planned.name, planned.target_date) as next_name
    from {{ ref('int_milestones__planned') }} as planned
    where planned.done_date is null and planned.target_date >= {{ local_date(as_of()) }}
    group by planned.initiative_id
),

gates_near_milestones as (
    select
        'gate_before_milestone ' || gates.model_version_id || ' ' || gates.gate as signal_id,
        'gate_before_milestone' as rule,
        'high' as severity,
        models.model_name || ' version ' || gates.version || ': ' || gates.gate || ' ' || gates.status || ', "' || milestones.next_name
        || '" is due on ' || milestones.next_target_date as subject,
        models.initiative_id,
        cast(null as timestamp) as since_at,
        [gates.model_version_id, gates.gate] as evidence
    from {{ ref('int_release_gates__checked') }} as gates
    inner join {{ ref('int_models__described') }} as models
        on gates.model_id = models.model_id and gates.version in (models.champion_version, models.challenger_version)
    inner join open_milestones as milestones on models.initiative_id = milestones.initiative_id
    where
        gates.is_required
        and gates.status in ('failed', 'unknown')
        and milestones.next_target_date
        <= {{ local_date(as_of()) }} + cast({{ threshold('gate_warning_days') }} as integer)
),

old_pull_requests as (
    select
        'pull_request_old ' || pull_requests.pull_request_id as signal_id,
        'pull_request_old' as rule,
        'medium' as severity,
        pull_requests.repository || '#' || pull_requests.number || ' ' || pull_requests.title as subject,
        min(issues.initiative_id) as initiative_id,
        any_value(pull_requests.created_at) as since_at,
        [pull_requests.repository || '#' || pull_requests.number] as evidence
    from {{ ref('pull_requests') }} as pull_requests
    left join {{ ref('pull_request_issues') }} as links on pull_requests.pull_request_id = links.pull_request_id
    left join {{ ref('issues') }} as issues on links.issue_id = issues.issue_id
    where
        pull_requests.state = 'open'
        and not pull_requests.is_bot
        and not pull_requests.is_draft
        and pull_requests.created_at < {{ as_of() }} - to_days(cast({{ threshold('pull_request_stale_days') }} as integer))
    group by pull_requests.pull_request_id, pull_requests.repository, pull_requests.number, pull_requests.title
),

spent_without_progress as (
    -- Two closed months in which money went out and nothing was earned.
    select
        'spend_without_progress ' || initiative_id as signal_id,
        'spend_without_progress' as rule,
        'high' as severity,
        initiative_id || ': ' || strftime(month_date, '%B %Y') as subject,
        initiative_id,
        cast(null as timestamp) as since_at,
        ['earned_value ' || initiative_id || ' ' || strftime(month_date, '%Y-%m')] as evidence
    from (
        select
            *,
            lag(ev_amount, 2) over (partition by scope_id order by month_date) as earlier_ev_amount,
            lag(ac_amount, 2) over (partition by scope_id order by month_date) as earlier_ac_amount,
            row_number() over (partition by scope_id order by month_date desc) as recency
        from {{ ref('earned_value') }}
        where is_closed and initiative_id is not null
    )
    where recency = 1 and ev_amount < bac_amount and ev_amount <= earlier_ev_amount and ac_amount > earlier_ac_amount
)

select
    signal_id,
    rule,
    severity,
    reason as subject,
    initiative_id,
    cast(null as timestamp) as since_at,
    evidence
from from_measures
union all by name
select * from stale_champions
union all by name
select * from gates_near_milestones
union all by name
select * from old_pull_requests
union all by name
select * from spent_without_progress
