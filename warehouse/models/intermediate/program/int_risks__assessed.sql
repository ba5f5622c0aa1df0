-- One row per row of the risk register that is in force.
with rows as (
    select
        tab.*,
        referenced.initiative_id,
        coalesce(
            lower(tab.status) not in (select closed.status from {{ ref('closed_statuses') }} as closed), true
        ) as is_open
    from {{ ref('stg_sheets__risks') }} as tab
    left join {{ ref('int_initiatives__referenced') }} as referenced on {{ normalised('tab.initiative') }} = referenced.reference
    where tab.is_in_force and tab.risk_id is not null
    qualify row_number() over (partition by tab.risk_id order by tab.row_number) = 1
)

select
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
    is_open and due_date < {{ local_date(as_of()) }} as is_overdue,
    is_open
    and review_date < {{ local_date(as_of()) }} - cast({{ threshold('risk_review_days') }} as integer) as is_stale,
    trigger,
    faulty_columns
from rows
