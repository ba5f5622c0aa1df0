-- One row per row of the risk register.
select
    risks.risk_id,
    risks.title,
    risks.initiative_id,
    owners.person_id as owner_person_id,
    risks.probability_share,
    risks.impact,
    risks.exposure,
    risks.response,
    risks.contingency_plan,
    risks.contingency_amount,
    risks.residual_exposure,
    risks.due_date,
    risks.review_date,
    risks.status,
    risks.is_open,
    coalesce(risks.is_overdue, false) as is_overdue,
    coalesce(risks.is_stale, false) as is_stale,
    risks.trigger,
    risks.is_open and triggered.is_triggered as is_triggered
from {{ ref('int_risks__assessed') }} as risks
left join {{ ref('int_risks__triggered') }} as triggered on risks.moment_at = triggered.moment_at and risks.risk_id = triggered.risk_id
left join {{ ref('int_accounts__identified') }} as owners
    on owners.source = 'sheets' and risks.instance = owners.instance and risks.owner = owners.account
where risks.moment_at = {{ as_of() }}
