-- One row per moment, model version of it and release gate, with the evidence found and the waiver in force then.
with versions as (
    select
        versions.moment_at,
        versions.moment_date,
        versions.model_version_id,
        versions.model_id,
        versions.version,
        models.model_name,
        models.sheet_row,
        models.risk_tier,
        -- The version's own tag goes before its model's.
        map_concat(models.tags, versions.tags) as tags,
        map {
            'owner': models.owner_person_id,
            'purpose': models.declared_purpose,
            'risk_tier': models.risk_tier,
            'next_review': case
                when models.next_review_date >= versions.moment_date then cast(models.next_review_date as varchar)
            end
        } as facts
    from {{ ref('int_model_versions__at_moments') }} as versions
    inner join {{ ref('int_models__at_moments') }} as models
        on versions.moment_at = models.moment_at and versions.model_id = models.model_id
),

metrics as (
    select
        moment_at,
        model_version_id,
        gate,
        count(*) filter (where status = 'failed') as failed_count,
        count(*) filter (where status = 'unknown') as unknown_count,
        array_to_string(
            list(finding order by list_position(['failed', 'unknown', 'passed'], status), metric), '; '
        ) as findings
    from {{ ref('int_gate_metrics__bounded') }}
    group by moment_at, model_version_id, gate
),

decisions as (
    select
        moments.moment_at,
        {{ normalised('tab.decision_key') }} as decision,
        tab.decision_key,
        lower(tab.status) in (select closed.status from {{ ref('closed_statuses') }} as closed) as is_closed
    from {{ ref('stg_sheets__decisions') }} as tab
    inner join {{ ref('int_moments') }} as moments on {{ in_force_at('tab', 'moments.moment_at') }}
    where tab.decision_key is not null
    qualify row_number() over (partition by moments.moment_at, decision order by tab.row_number) = 1
),

done_stays as (
    -- What was reopened since was done then.
    select
        issue_id,
        entered_at,
        left_at
    from {{ ref('int_issues__status_intervals') }}
    where stage = 'done' and left_at is not null
),

evidence as (
    select
        versions.moment_at,
        versions.moment_date,
        versions.model_version_id,
        versions.model_id,
        versions.version,
        versions.model_name,
        versions.risk_tier,
        gates.gate,
        gates.title,
        gates.is_required,
        gates.eu_ai_act,
        gates.nist_ai_rmf,
        gates.sr_11_7,
        gates.obligation,
        gates.remedy,
        gates.plain_remedy,
        nullif(trim(versions.tags[gates.tag]), '') as tag_value,
        gates.tag,
        {{ as_person('tag_value', 'people.person_id') }} as shown_tag_value,
        gates.passing,
        nullif(gates.failing, '') as failing,
        gates.fact,
        versions.facts[gates.fact] as fact_value,
        versions.sheet_row,
        metrics.failed_count as failed_metric_count,
        metrics.unknown_count as unknown_metric_count,
        metrics.findings,
        coalesce(
            looks.known_at >= issues.created_at and (issues.deleted_at is null or looks.known_at < issues.deleted_at), false
        ) as is_issue_known,
        case when is_issue_known then issues.issue_key end as issue_key,
        coalesce(
            is_issue_known and discards.issue_id is null and (issues.done_at <= looks.known_at or done_stays.issue_id is not null), false
        ) as is_issue_done,
        decisions.decision_key,
        coalesce(decisions.is_closed, false) as is_decision_closed
    from versions
    cross join {{ ref('gate_rules') }} as gates
    left join metrics
        on
            versions.moment_at = metrics.moment_at
            and versions.model_version_id = metrics.model_version_id
            and gates.gate = metrics.gate
    left join {{ ref('int_people__gathered') }} as people
        on {{ person_id('lower(trim(versions.tags[gates.tag]))') }} = people.person_id
    left join {{ ref('issues') }} as issues on lower(trim(versions.tags[gates.tag || '_issue'])) = lower(issues.issue_key)
    left join {{ ref('int_looks__at_moments') }} as looks
        on versions.moment_at = looks.moment_at and looks.source = 'jira' and issues.instance = looks.instance
    left join done_stays
        on
            issues.issue_id = done_stays.issue_id
            and looks.known_at >= done_stays.entered_at
            and looks.known_at < done_stays.left_at
    left join {{ ref('int_issues__discarded') }} as discards
        on
            issues.issue_id = discards.issue_id
            and looks.known_at >= discards.from_at
            and (discards.to_at is null or looks.known_at < discards.to_at)
    left join decisions
        on
            versions.moment_at = decisions.moment_at
            and {{ normalised("versions.tags[gates.tag || '_decision']") }} = decisions.decision
    -- Two Jira sites may have an issue of the same key.
    qualify row_number() over (
        partition by versions.moment_at, versions.model_version_id, gates.gate order by is_issue_known desc, issues.issue_id asc
    ) = 1
),

found as (
    select
        *,
        case
            when regexp_matches(tag_value, failing, 'i') then 'failed'
            -- What was measured goes before what somebody wrote; a waiver can accept it.
            when failed_metric_count > 0 then 'failed'
            when regexp_matches(tag_value, passing, 'i') then 'passed'
            when is_issue_done or is_decision_closed then 'passed'
            when fact_value is not null then 'passed'
            when unknown_metric_count = 0 then 'passed'
            else 'unknown'
        end as found_status,
        nullif(
            concat_ws(
                '; ',
                case when failed_metric_count > 0 then findings end,
                'tag ' || tag || ' = ' || shown_tag_value,
                'issue ' || issue_key || case when is_issue_done then ', done' else ', open' end,
                'decision ' || decision_key || case when is_decision_closed then ', closed' else ', open' end,
                replace(fact, '_', ' ') || ' ' || fact_value || coalesce(', ' || sheet_row, ''),
                case when failed_metric_count = 0 then findings end
            ),
            ''
        ) as evidence
    from evidence
),

waivers as (
    -- A waiver without a reason or an end date waives nothing.
    select
        moments.moment_at,
        lower(tab.model) as model_name,
        {{ normalised('tab.gate') }} as gate,
        arg_max(tab.reason, tab.until_date) as reason,
        max(tab.until_date) as until_date
    from {{ ref('stg_sheets__waivers') }} as tab
    inner join {{ ref('int_moments') }} as moments on {{ in_force_at('tab', 'moments.moment_at') }}
    where tab.model is not null and tab.gate is not null and tab.reason is not null and tab.until_date is not null
    group by moments.moment_at, lower(tab.model), {{ normalised('tab.gate') }}
)

select
    found.moment_at,
    found.moment_date,
    found.model_version_id,
    found.model_id,
    found.version,
    found.gate,
    found.title,
    concat_ws('; ', 'EU AI Act ' || found.eu_ai_act, 'NIST AI RMF ' || found.nist_ai_rmf, 'SR 11-7 ' || found.sr_11_7)
        as framework_reference,
    found.eu_ai_act,
    found.nist_ai_rmf,
    found.sr_11_7,
    obligations.obligation,
    coalesce(moved.dates[obligations.obligation], obligations.applies_from_date) as obligation_from_date,
    found.is_required,
    found.evidence,
    case
        when found.found_status = 'passed' then 'passed'
        when waivers.until_date >= found.moment_date then 'waived'
        when waivers.until_date < found.moment_date then 'failed'
        else found.found_status
    end as status,
    waivers.reason as waiver_reason,
    waivers.until_date as waiver_until_date,
    case when found.found_status <> 'passed' then found.remedy end as remedy,
    case when found.found_status <> 'passed' then found.plain_remedy end as plain_remedy
from found
left join waivers
    on
        found.moment_at = waivers.moment_at
        and lower(found.model_name) = waivers.model_name
        and {{ normalised('found.gate') }} = waivers.gate
cross join (select cast(cast({{ setting('obligation_dates') }} as json) as map (varchar, date)) as dates) as moved
left join {{ ref('obligations') }} as obligations
    on
        found.obligation = obligations.obligation
        and (nullif(obligations.risk_tier, '') is null or lower(found.risk_tier) = lower(obligations.risk_tier))
