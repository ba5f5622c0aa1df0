-- One row per row of the risk register.
with former_moment as (
    -- The end of a week at least four weeks ago at which the register was known already.
    select max(moment_at) as moment_at
    from {{ ref('int_moments') }}
    where basis = 'known' and moment_at <= {{ as_of() }} - interval 28 days
),

former as (
    select
        assessed.risk_id,
        assessed.exposure
    from {{ ref('int_risks__assessed') }} as assessed
    inner join former_moment on assessed.moment_at = former_moment.moment_at
)

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
    case
        -- A blank contingency is none; one that cannot be read is unknown.
        when risks.contingency_amount is null and list_contains(risks.faulty_columns, 'contingency_amount') then null
        when risks.residual_exposure is not null then greatest(risks.residual_exposure - coalesce(risks.contingency_amount, 0), 0)
    end as uncovered_exposure,
    former.exposure as former_exposure,
    case
        when former_moment.moment_at is null then null
        when former.risk_id is null then 'new'
        when risks.exposure > former.exposure then 'rising'
        when risks.exposure < former.exposure then 'falling'
        when risks.exposure = former.exposure then 'steady'
    end as exposure_trend,
    risks.due_date,
    risks.review_date,
    risks.status,
    risks.is_open,
    coalesce(risks.is_overdue, false) as is_overdue,
    coalesce(risks.is_stale, false) as is_stale,
    risks.trigger,
    triggered.measure as trigger_measure,
    triggered.measure_title as trigger_title,
    triggered.operator as trigger_operator,
    triggered.bound as trigger_bound,
    triggered.unit as trigger_unit,
    triggered.value as trigger_value,
    risks.is_open and triggered.is_triggered as is_triggered
from {{ ref('int_risks__assessed') }} as risks
cross join former_moment
left join former on risks.risk_id = former.risk_id
left join {{ ref('int_risks__triggered') }} as triggered on risks.moment_at = triggered.moment_at and risks.risk_id = triggered.risk_id
left join {{ ref('int_accounts__identified') }} as owners
    on owners.source = 'sheets' and risks.instance = owners.instance and risks.owner = owners.account
where risks.moment_at = {{ as_of() }}
