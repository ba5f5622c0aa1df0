-- One row per moment, currency and month from which a rate of the rates tab of then holds: the program currency's worth of one unit.
with rates as (
    select
        moments.moment_at,
        tab.row_id,
        upper(tab.currency) as currency,
        tab.month_date,
        cast(date_trunc('month', tab.month_date) as date) as from_month_date,
        tab.rate
    from {{ ref('stg_sheets__rates') }} as tab
    inner join {{ ref('int_moments') }} as moments on {{ in_force_at('tab', 'moments.moment_at') }}
    where tab.currency is not null and tab.month_date is not null and tab.rate is not null
    qualify row_number() over (
        partition by moments.moment_at, upper(tab.currency), date_trunc('month', tab.month_date)
        order by tab.month_date desc, tab.row_id asc
    ) = 1
)

select
    moment_at,
    currency,
    from_month_date,
    lead(from_month_date) over (partition by moment_at, currency order by from_month_date) as to_month_date,
    rate
from rates
