-- One row per initiative, baseline version and month: what was planned to be spent when the version was approved.
-- Without a row in the baselines tab the first landed plan of the budget is the baseline, and it stays that.
with approved as (
    select
        referenced.initiative_id,
        coalesce(baselines.baseline_version, '1') as baseline_version,
        baselines.approved_date,
        cast(date_trunc('month', baselines.month_date) as date) as month_date,
        baselines.planned_value
        * case
            when coalesce(upper(baselines.currency), {{ setting('currency') }}) = {{ setting('currency') }} then 1.0
            else rates.rate
        end as planned_amount,
        baselines.month_date is not null
        and case
            -- A blank cell plans nothing; one with a fault, or without a rate, plans something unknown.
            when baselines.planned_value is null then not list_contains(baselines.faulty_columns, 'planned')
            else coalesce(upper(baselines.currency), {{ setting('currency') }}) = {{ setting('currency') }} or rates.rate is not null
        end as is_known
    from {{ ref('stg_sheets__baselines') }} as baselines
    inner join {{ ref('int_initiatives__referenced') }} as referenced
        on {{ normalised('baselines.initiative') }} = referenced.reference
    left join {{ ref('int_exchange_rates__spread') }} as rates
        on
            upper(baselines.currency) = rates.currency
            and baselines.month_date >= rates.from_month_date
            and (rates.to_month_date is null or baselines.month_date < rates.to_month_date)
    where baselines.is_in_force
),

landed as (
    select
        *,
        min(valid_from) over (partition by initiative_id) as first_landed_at,
        min(valid_from) over (partition by row_id) as row_landed_at
    from {{ ref('int_budget_lines__converted') }}
    where initiative_id is not null and not is_reserve
),

first_plan as (
    -- A cell that was bad at first counts with its first good value.
    select
        initiative_id,
        row_id,
        any_value(month_date) as month_date,
        arg_min(planned_amount, valid_from) filter (where planned_amount is not null) as planned_amount,
        bool_or(planned_value is null and not list_contains(faulty_columns, 'planned')) as is_blank
    from landed
    where row_landed_at = first_landed_at
    group by initiative_id, row_id
)

select
    initiative_id,
    baseline_version,
    max(approved_date) as approved_date,
    month_date,
    sum(planned_amount) as planned_amount,
    bool_and(is_known) as is_known,
    'baselines tab' as origin
from approved
group by initiative_id, baseline_version, month_date
union all
select
    initiative_id,
    'first landed plan' as baseline_version,
    null as approved_date,
    month_date,
    sum(planned_amount) as planned_amount,
    bool_and((planned_amount is not null or is_blank) and month_date is not null) as is_known,
    'first landed plan' as origin
from first_plan
where initiative_id not in (select approved.initiative_id from approved)
group by initiative_id, month_date
