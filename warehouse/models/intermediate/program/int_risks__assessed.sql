-- One row per moment and row of the risk register that was in force then.
with rows as (
    select
        moments.moment_at,
        moments.moment_date,
        tab.*,
        referenced.initiative_id,
        coalesce(
            lower(tab.status) not in (select closed.status from {{ ref('closed_statuses') }} as closed), true
        ) as is_open
    from {{ ref('stg_sheets__risks') }} as tab
    inner join {{ ref('int_moments') }} as moments on {{ in_force_at('tab', 'moments.moment_at') }}
    left join {{ ref('int_initiatives__referenced') }} as referenced
        on {{ normalised('tab.initiative') }} = referenced.reference and moments.moment_at = referenced.moment_at
    where tab.risk_id is not null
    qualify row_number() over (partition by moments.moment_at, tab.risk_id order by tab.row_number) = 1
)

select
    moment_at,
    risk_id,
    title,
    initiative_id,
    owner,
    instance,
    probability as probability_share,
    impact,
    probability * impact as exposure,
    response,
    contingency_plan,
    contingency_amount,
    coalesce(residual_probability, probability) * impact as residual_exposure,
    due_date,
    review_date,
    status,
    is_open,
    is_open and due_date < moment_date as is_overdue,
    is_open
    and review_date < moment_date - cast({{ threshold('risk_review_days') }} as integer) as is_stale,
    trigger,
    faulty_columns
from rows
