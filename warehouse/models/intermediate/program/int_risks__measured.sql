-- One row per moment, initiative and measure of its open rows in the risk register; null values where there was no register at all.
with register as (
    select
        moment_at,
        count(*) as row_count
    from {{ ref('int_risks__assessed') }}
    group by moment_at
),

budgets as (
    select
        moment_at,
        scope_id as initiative_id,
        bac_amount
    from {{ ref('int_scopes__earned') }}
    where is_closed
    qualify row_number() over (partition by moment_at, scope_id order by month_date desc) = 1
),

counted as (
    select
        initiatives.moment_at,
        initiatives.initiative_id,
        coalesce(any_value(register.row_count), 0) as row_count,
        count(risks.risk_id) as open_count,
        count(*) filter (where risks.is_overdue) as overdue_count,
        count(*) filter (where risks.is_stale) as stale_count,
        coalesce(list(risks.risk_id order by risks.due_date, risks.risk_id) filter (where risks.is_overdue), []) as overdue_ids,
        coalesce(list(risks.risk_id order by risks.review_date, risks.risk_id) filter (where risks.is_stale), []) as stale_ids,
        list({{ titled('risks.risk_id', 'risks.title') }} order by risks.due_date, risks.risk_id)
        filter (where risks.is_overdue) as overdue_risks,
        list({{ titled('risks.risk_id', 'risks.title') }} order by risks.review_date, risks.risk_id)
        filter (where risks.is_stale) as stale_risks,
        coalesce(list(risks.risk_id order by risks.residual_exposure desc, risks.risk_id asc), []) as open_ids,
        sum(risks.residual_exposure) as residual_exposure,
        count(risks.residual_exposure) as exposure_count,
        coalesce(sum(risks.contingency_amount), 0) as contingency_amount,
        bool_or(list_contains(risks.faulty_columns, 'contingency_amount') and risks.contingency_amount is null) as is_contingency_unknown
    from {{ ref('int_initiatives__at_moments') }} as initiatives
    left join register on initiatives.moment_at = register.moment_at
    left join {{ ref('int_risks__assessed') }} as risks
        on initiatives.moment_at = risks.moment_at and initiatives.initiative_id = risks.initiative_id and risks.is_open
    group by initiatives.moment_at, initiatives.initiative_id
)

select
    moment_at,
    initiative_id,
    'risk' as dimension,
    'overdue_risk_count' as measure,
    case when row_count > 0 then overdue_count end as value,
    overdue_ids as evidence,
    case
        when row_count = 0 then 'there is no risk register'
        when overdue_count = 0 then 'No open risk is past its due date'
        else
            {{ one_or('overdue_count', 'An open risk is past its due date', 'open risks are past their due dates') }}
            || ': ' || {{ listed('overdue_risks') }}
    end as detail
from counted
union all
select
    moment_at,
    initiative_id,
    'risk' as dimension,
    'unreviewed_risk_count' as measure,
    case when row_count > 0 then stale_count end as value,
    stale_ids as evidence,
    case
        when row_count = 0 then 'there is no risk register'
        when stale_count = 0 then 'Every open risk was reviewed in time'
        else
            {{ one_or('stale_count', 'An open risk was not reviewed in time', 'open risks were not reviewed in time') }}
            || ': ' || {{ listed('stale_risks') }}
    end as detail
from counted
union all
select
    counted.moment_at,
    counted.initiative_id,
    'risk' as dimension,
    'uncovered_exposure_share' as measure,
    case
        when counted.row_count > 0 and counted.open_count = counted.exposure_count and counted.is_contingency_unknown is not true
            then greatest(0, coalesce(counted.residual_exposure, 0) - counted.contingency_amount) / nullif(budgets.bac_amount, 0)
    end as value,
    counted.open_ids as evidence,
    case
        when counted.is_contingency_unknown then 'a contingency amount of the register cannot be read'
        when counted.open_count > counted.exposure_count then 'a likelihood or an impact of the register is missing'
        when counted.open_count = 0 then 'no open risk'
        else
            {{ money('counted.residual_exposure') }} || ' of residual exposure, ' || {{ money('counted.contingency_amount') }}
            || ' of contingency'
    end as detail
from counted
left join budgets on counted.moment_at = budgets.moment_at and counted.initiative_id = budgets.initiative_id
