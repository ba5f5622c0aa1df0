-- One row per risk seen in the data and subject of it.
with from_measures as (
    select
        rules.rule || ' ' || collected.initiative_id as signal_id,
        rules.rule,
        case
            when {{ is_beyond('collected.value', 'rules.operator', 'rules.red') }} then 'high'
            when {{ is_beyond('collected.value', 'rules.operator', 'rules.amber') }} then 'medium'
        end as severity,
        {{ filled('rules.subject_template', 'collected.value', 'rules', 'collected.detail') }} as subject,
        collected.initiative_id,
        collected.evidence
    from {{ ref('int_measures__collected') }} as collected
    inner join {{ ref('risk_signal_rules') }} as rules on collected.measure = rules.measure
    where collected.moment_at = {{ as_of() }} and collected.initiative_id is not null
),

of_the_register as (
    -- Of an open risk, whether it names an initiative or not.
    select
        marks.rule || ' ' || risks.risk_id as signal_id,
        marks.rule,
        risks.risk_id || ' "' || coalesce(risks.title, '') || '": ' || marks.subject as subject,
        risks.initiative_id,
        cast(marks.since_date as timestamp) as since_at,
        [risks.risk_id] as evidence,
        risks.risk_id as register_risk_id
    from {{ ref('risks') }} as risks
    inner join lateral (
        select
            'overdue' as rule,
            'was due on ' || risks.due_date as subject,
            risks.due_date as since_date,
            risks.is_overdue as is_raised
        union all
        select
            'unreviewed' as rule,
            'was to be reviewed on ' || risks.review_date as subject,
            risks.review_date as since_date,
            risks.is_stale as is_raised
        union all
        select
            'triggered' as rule,
            coalesce(
                risks.trigger_title || ' is ' || {{ worded('risks.trigger_value', 'risks.trigger_unit') }} || ', '
                || {{ compared('risks.trigger_operator') }} || ' the agreed '
                || {{ worded('risks.trigger_bound', 'risks.trigger_unit') }},
                'its trigger is met, ' || risks.trigger
            ) as subject,
            null as since_date,
            risks.is_triggered as is_raised
    ) as marks on marks.is_raised
    where risks.is_open
),

stale_champions as (
    select
        'champion_stale ' || model_id as signal_id,
        'champion_stale' as rule,
        name || ' version ' || champion_version || ' was trained ' || {{ worded('staleness_days', "'days'") }} || ' ago, its limit is '
        || {{ worded('staleness_limit_days', "'days'") }} as subject,
        initiative_id,
        last_trained_at + to_days(cast(ceil(staleness_limit_days) as integer)) as since_at,
        [model_id] as evidence
    from {{ ref('model_health') }}
    where staleness_days > staleness_limit_days
),

next_milestones as (
    select
        initiative_id,
        milestone_id,
        name,
        target_date
    from {{ ref('int_milestones__planned') }}
    where done_date is null and target_date >= {{ local_date(as_of()) }}
    qualify row_number() over (partition by initiative_id order by target_date, milestone_id) = 1
),

gates_near_milestones as (
    select
        'gate_before_milestone ' || gates.model_version_id || ' ' || gates.gate as signal_id,
        'gate_before_milestone' as rule,
        models.model_name || ' version ' || gates.version || ': ' || lower(gates.title[1]) || gates.title[2:]
        || case when gates.status = 'failed' then ' failed' else ' has no evidence' end as finding,
        'the milestone "' || milestones.name || '" is due on ' || milestones.target_date as occasion,
        finding || '; ' || occasion as subject,
        models.initiative_id,
        cast(null as timestamp) as since_at,
        [gates.model_version_id, gates.gate, milestones.milestone_id] as evidence
    from {{ ref('int_release_gates__checked') }} as gates
    inner join {{ ref('int_models__described') }} as models
        on gates.model_id = models.model_id and gates.version in (models.champion_version, models.challenger_version)
    inner join next_milestones as milestones on models.initiative_id = milestones.initiative_id
    where
        gates.moment_at = {{ as_of() }}
        and gates.is_required
        and gates.status in ('failed', 'unknown')
        and milestones.target_date <= {{ local_date(as_of()) }} + cast({{ threshold('gate_warning_days') }} as integer)
),

old_pull_requests as (
    select
        'pull_request_old ' || pull_requests.pull_request_id as signal_id,
        'pull_request_old' as rule,
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
        'by the end of ' || strftime(month_date, '%B %Y') || ' two months had cost money and earned nothing' as subject,
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
),

signals as (
    select
        signal_id,
        rule,
        severity,
        subject,
        initiative_id,
        cast(null as timestamp) as since_at,
        evidence,
        cast(null as varchar) as register_risk_id
    from from_measures
    where severity is not null
    union all by name
    select * from of_the_register
    union all by name
    select * from stale_champions
    union all by name
    select * from gates_near_milestones
    union all by name
    select * from old_pull_requests
    union all by name
    select * from spent_without_progress
),

watched as (
    -- The open risk whose trigger looks at the same: of the initiative, or of the whole program.
    select
        signals.signal_id,
        min(triggered.risk_id) as risk_id
    from signals
    inner join {{ ref('risk_signal_rules') }} as rules on signals.rule = rules.rule
    inner join {{ ref('int_risks__triggered') }} as triggered
        on
            triggered.moment_at = {{ as_of() }}
            and triggered.is_open
            and regexp_full_match(triggered.measure, rules.watched_measures)
            and coalesce(signals.initiative_id = triggered.initiative_id, triggered.initiative_id is null)
    group by signals.signal_id
)

select
    signals.signal_id,
    signals.rule,
    coalesce(signals.severity, rules.severity) as severity,
    signals.subject,
    -- Its two parts, where several signals of an initiative have the second in common.
    signals.finding,
    signals.occasion,
    signals.initiative_id,
    signals.since_at,
    signals.evidence,
    coalesce(signals.register_risk_id, watched.risk_id) as register_risk_id,
    rules.title,
    rules.is_proposed,
    -- Ready to be written into the register: fires where the signal does.
    rules.measure || ' ' || rules.operator || ' ' || printf('%.6g', rules.amber) as proposed_trigger,
    measures.title as trigger_title,
    rules.operator as trigger_operator,
    rules.amber as trigger_bound,
    rules.unit as trigger_unit
from signals
inner join {{ ref('risk_signal_rules') }} as rules on signals.rule = rules.rule
left join {{ ref('measures') }} as measures on rules.measure = measures.measure
left join watched on signals.signal_id = watched.signal_id
