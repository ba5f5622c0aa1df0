-- One row per currency and month from which a rate of the rates tab holds: the program currency's worth of one unit.
select
    upper(currency) as currency,
    cast(date_trunc('month', month_date) as date) as from_month_date,
    lead(cast(date_trunc('month', month_date) as date))
        over (partition by upper(currency) order by date_trunc('month', month_date))
        as to_month_date,
    rate
from {{ ref('stg_sheets__rates') }}
where is_in_force and currency is not null and month_date is not null and rate is not null
qualify row_number() over (
    partition by upper(currency), date_trunc('month', month_date) order by month_date desc, row_id asc
) = 1
