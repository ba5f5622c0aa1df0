-- One row per moment, scope (an initiative, or * for the program) and month of the whole plan: planned value, earned value and actual
-- cost up to its end, as known at the moment. What is unknown is null, and `notes` says why. After the moment's month only the plan is
-- known.
with present as (
    select
        moment_at,
        month_date,
        {{ threshold('estimate_coverage_share') }} as estimate_coverage_share
    from {{ ref('int_moments') }}
),

planned as (
    select
        plans.*,
        present.estimate_coverage_share,
        plans.month_date > present.month_date as is_future,
        plans.month_date = present.month_date as is_partial
    from {{ ref('int_plans__cumulated') }} as plans
    inner join present on plans.moment_at = present.moment_at
    where plans.status_month_date = least(plans.month_date, present.month_date)
),

completed as (
    select
        planned.*,
        progressed.scope_count,
        progressed.done_count,
        progressed.estimated_count,
        coalesce(progressed.estimated_count >= planned.estimate_coverage_share * progressed.scope_count, false)
        and coalesce(progressed.scope_points > 0, false)
        and {{ setting('percent_complete_from') }} = 'points' as is_by_points,
        case
            when planned.is_future or progressed.initiative_id is null then null
            when progressed.scope_count = 0 then 0.0
            when is_by_points then progressed.done_points / progressed.scope_points
            else progressed.done_count / progressed.scope_count
        end as work_done_share,
        spent.ac_amount as spent_amount,
        spent.missing_count,
        spent.missing_cell,
        coalesce(spent.is_awaited, false) as is_awaited,
        coalesce(spent.is_after_budget, false) as is_after_budget,
        first_spent.first_month_date as first_spent_month_date
    from planned
    left join {{ ref('int_initiatives__progressed') }} as progressed
        on
            planned.moment_at = progressed.moment_at
            and planned.scope_id = progressed.initiative_id
            and planned.month_date = progressed.month_date
    left join {{ ref('int_initiatives__spent') }} as spent
        on
            planned.moment_at = spent.moment_at
            and planned.scope_id = spent.initiative_id
            and planned.month_date = spent.month_date
    left join (
        select
            moment_at,
            initiative_id,
            min(month_date) as first_month_date
        from {{ ref('int_initiatives__spent') }}
        group by moment_at, initiative_id
    ) as first_spent
        on planned.moment_at = first_spent.moment_at and planned.scope_id = first_spent.initiative_id
    where planned.scope_id <> '*'
),

of_initiatives as (
    select
        *,
        case
            when is_future then null
            when month_date < first_spent_month_date then 0.0
            when is_after_budget and coalesce(work_done_share < 1, true) then null
            else spent_amount
        end as ac_amount,
        case
            when {{ setting('percent_complete_from') }} <> 'spend' then work_done_share
            when bac_amount > 0 then least(1.0, ac_amount / bac_amount)
        end as percent_complete_share,
        bac_amount * percent_complete_share as ev_amount,
        concat_ws(
            '; ',
            case when is_future then 'plan only: the month has not begun' end,
            case when is_partial then 'the month is not closed' end,
            case when bac_amount is null then 'an amount of the plan is missing: fill it in in the baselines or the budget tab' end,
            case
                when not is_future and work_done_share is null
                    then 'no issue is linked to it, so its progress is not known: map its issues in the roadmap tab'
            end,
            case
                when
                    not is_future and scope_count > 0 and not is_by_points
                    and {{ setting('percent_complete_from') }} = 'points'
                    then 'progress by count: only ' || estimated_count || ' of ' || scope_count || ' issues have points'
                when is_by_points and estimated_count < scope_count and not is_future
                    then (scope_count - estimated_count) || ' of ' || scope_count || ' issues have no points and are left out of progress'
            end,
            case
                when is_future or is_partial then null
                when first_spent_month_date is null
                    then 'the budget has no line of it, so its cost is not known: add its rows to the budget tab'
                when is_awaited then 'its actuals are not in the books yet'
                when month_date >= first_spent_month_date and missing_count > 0
                    then
                        missing_count || case when missing_count = 1 then ' actual is' else ' actuals are' end
                        || ' missing up to this month: fill in ' || missing_cell
                        || case when missing_count > 1 then ' and the others' else '' end
                when ac_amount is null
                    then 'the budget ends before this month, so its cost is not known: plan the months to come in the budget tab'
            end,
            case when origin = 'first landed plan' then 'no baseline given: the first landed plan stands for it' end
        ) as notes
    from completed
),

-- The program is the sum of its initiatives; one unknown part leaves the sum unknown.
of_program as (
    select
        planned.moment_at,
        planned.month_date,
        case when count(*) = count(parts.ac_amount) then sum(parts.ac_amount) end as ac_amount,
        case when count(*) = count(parts.ev_amount) then sum(parts.ev_amount) end as ev_amount,
        bool_or(parts.is_awaited) and bool_and(parts.is_awaited or parts.ac_amount is not null) as is_awaited,
        concat_ws(
            '; ',
            case when any_value(planned.is_future) then 'plan only: the month has not begun' end,
            case when any_value(planned.is_partial) then 'the month is not closed' end,
            'the plan is incomplete for '
            || nullif(string_agg(parts.scope_id, ', ' order by parts.scope_id) filter (where parts.bac_amount is null), ''),
            case
                when not any_value(planned.is_future)
                    then
                        'progress is not known of '
                        || nullif(
                            string_agg(parts.scope_id, ', ' order by parts.scope_id) filter (where parts.percent_complete_share is null), ''
                        )
            end,
            case
                when not any_value(planned.is_future or planned.is_partial)
                    then
                        'cost is not known of '
                        || nullif(string_agg(parts.scope_id, ', ' order by parts.scope_id) filter (where parts.ac_amount is null), '')
            end
        ) as notes
    from planned
    inner join of_initiatives as parts on planned.moment_at = parts.moment_at and planned.month_date = parts.month_date
    where planned.scope_id = '*'
    group by planned.moment_at, planned.month_date
)

select
    moment_at,
    scope_id,
    scope_id as initiative_id,
    month_date,
    status_month_date,
    baseline_version,
    period,
    is_future,
    is_partial,
    is_awaited,
    bac_amount,
    pv_amount,
    ev_amount,
    ac_amount,
    percent_complete_share,
    {{ setting('percent_complete_from') }} = 'spend' as is_by_spend,
    notes
from of_initiatives
union all by name
select
    planned.moment_at,
    planned.scope_id,
    null as initiative_id,
    planned.month_date,
    planned.status_month_date,
    planned.baseline_version,
    planned.period,
    planned.is_future,
    planned.is_partial,
    of_program.is_awaited,
    planned.bac_amount,
    planned.pv_amount,
    of_program.ev_amount,
    of_program.ac_amount,
    of_program.ev_amount / nullif(planned.bac_amount, 0) as percent_complete_share,
    {{ setting('percent_complete_from') }} = 'spend' as is_by_spend,
    of_program.notes
from planned
inner join of_program on planned.moment_at = of_program.moment_at and planned.month_date = of_program.month_date
where planned.scope_id = '*'
