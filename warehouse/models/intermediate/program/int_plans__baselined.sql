-- One row per moment, initiative, baseline version and month: what was planned to be spent when the version was approved, as known then.
-- Without a row in the baselines tab the first landed plan of the budget is the baseline, and it stays that.
with approved as (
    select
        moments.moment_at,
        referenced.initiative_id,
        coalesce(baselines.baseline_version, '1') as baseline_version,
        baselines.approved_date,
        cast(date_trunc('month', baselines.month_date) as date) as month_date,
        baselines.planned_value * {{ worth('upper(baselines.currency)', 'rates') }} as planned_amount,
        baselines.month_date is not null
        and case
            -- A blank cell plans nothing; one with a fault, or without a rate, plans something unknown.
            when baselines.planned_value is null then not list_contains(baselines.faulty_columns, 'planned')
            else {{ worth('upper(baselines.currency)', 'rates') }} is not null
        end as is_known
    from {{ ref('stg_sheets__baselines') }} as baselines
    inner join {{ ref('int_moments') }} as moments on {{ in_force_at('baselines', 'moments.moment_at') }}
    inner join {{ ref('int_initiatives__referenced') }} as referenced
        on {{ normalised('baselines.initiative') }} = referenced.reference and moments.moment_at = referenced.moment_at
    left join {{ ref('int_exchange_rates__spread') }} as rates
        on {{ rate_of('rates', 'moments.moment_at', 'upper(baselines.currency)', 'baselines.month_date') }}
),

versions as (
    -- Where a version names its initiative as nobody does any more, it is that of the row's newest version that can be told.
    select
        moments.moment_at,
        converted.row_id,
        coalesce(
            referenced.initiative_id,
            arg_max(referenced.initiative_id, converted.valid_from) over (partition by moments.moment_at, converted.row_id)
        ) as initiative_id,
        converted.month_date,
        converted.planned_value,
        converted.planned_value * {{ worth('converted.currency', 'rates') }} as planned_amount,
        converted.faulty_columns,
        converted.valid_from
    from {{ ref('int_budget_lines__converted') }} as converted
    inner join {{ ref('int_moments') }} as moments on converted.valid_from <= moments.moment_at
    left join {{ ref('int_initiatives__referenced') }} as referenced
        on {{ normalised('converted.initiative_as_given') }} = referenced.reference and moments.moment_at = referenced.moment_at
    left join {{ ref('int_exchange_rates__spread') }} as rates
        on {{ rate_of('rates', 'moments.moment_at', 'converted.currency', 'converted.month_date') }}
    where not converted.is_reserve
),

landed as (
    select
        *,
        min(valid_from) over (partition by moment_at, initiative_id) as first_landed_at,
        min(valid_from) over (partition by moment_at, initiative_id, row_id) as row_landed_at
    from versions
    where initiative_id is not null
),

first_plan as (
    -- A cell that was bad at first counts with its first good value.
    select
        moment_at,
        initiative_id,
        row_id,
        any_value(month_date) as month_date,
        arg_min(planned_amount, valid_from) filter (where planned_amount is not null) as planned_amount,
        bool_or(planned_value is null and not list_contains(faulty_columns, 'planned')) as is_blank
    from landed
    where row_landed_at = first_landed_at
    group by moment_at, initiative_id, row_id
)

select
    moment_at,
    initiative_id,
    baseline_version,
    max(approved_date) as approved_date,
    month_date,
    sum(planned_amount) as planned_amount,
    bool_and(is_known) as is_known,
    'baselines tab' as origin
from approved
group by moment_at, initiative_id, baseline_version, month_date
union all
select
    first_plan.moment_at,
    first_plan.initiative_id,
    'first landed plan' as baseline_version,
    null as approved_date,
    first_plan.month_date,
    sum(first_plan.planned_amount) as planned_amount,
    bool_and((first_plan.planned_amount is not null or first_plan.is_blank) and first_plan.month_date is not null) as is_known,
    'first landed plan' as origin
from first_plan
anti join approved on first_plan.moment_at = approved.moment_at and first_plan.initiative_id = approved.initiative_id
group by first_plan.moment_at, first_plan.initiative_id, first_plan.month_date
