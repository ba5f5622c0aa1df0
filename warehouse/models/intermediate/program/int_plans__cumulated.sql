-- One row per moment, scope (an initiative, or * for the program), month of status up to it, and month of the plan in force at that
-- month's end, as known at the moment.
with plans as (
    select
        *,
        coalesce(approved_date, date '1900-01-01') as in_force_date
    from {{ ref('int_plans__baselined') }}
),

span as (
    select
        plans.moment_at,
        min(plans.month_date) as first_month_date,
        greatest(max(plans.month_date), any_value(moments.month_date)) as last_month_date,
        any_value(moments.month_date) as status_month_date
    from plans
    inner join {{ ref('int_moments') }} as moments on plans.moment_at = moments.moment_at
    group by plans.moment_at
),

months as (
    select
        moment_at,
        status_month_date as last_status_month_date,
        cast(unnest(generate_series(first_month_date, last_month_date, interval 1 month)) as date) as month_date
    from span
    where first_month_date is not null
),

versions as (
    select
        moment_at,
        initiative_id,
        baseline_version,
        max(in_force_date) as in_force_date,
        min(month_date) as first_month_date,
        any_value(origin) as origin
    from plans
    group by moment_at, initiative_id, baseline_version
),

versions_in_force as (
    select
        versions.*,
        months.month_date as status_month_date
    from versions
    inner join months
        on versions.moment_at = months.moment_at and months.month_date <= months.last_status_month_date
    qualify row_number() over (
        partition by versions.moment_at, versions.initiative_id, months.month_date
        order by
            versions.in_force_date <= last_day(months.month_date) desc,
            case when versions.in_force_date <= last_day(months.month_date) then versions.in_force_date end desc,
            versions.in_force_date asc,
            versions.baseline_version desc
    ) = 1
),

curves as (
    -- From the first unknown amount on, the sum is unknown.
    select
        versions.moment_at,
        versions.initiative_id,
        versions.baseline_version,
        months.month_date,
        case
            when bool_and(coalesce(plans.is_known, true)) over running then sum(coalesce(plans.planned_amount, 0)) over running
        end as pv_amount,
        case
            when bool_and(coalesce(plans.is_known, true)) over whole and not bool_or(unplaced.initiative_id is not null) over whole
                then sum(coalesce(plans.planned_amount, 0)) over whole
        end as bac_amount
    from versions
    inner join months on versions.moment_at = months.moment_at
    left join plans
        on
            versions.moment_at = plans.moment_at
            and versions.initiative_id = plans.initiative_id
            and versions.baseline_version = plans.baseline_version
            and months.month_date = plans.month_date
    left join plans as unplaced
        on
            versions.moment_at = unplaced.moment_at
            and versions.initiative_id = unplaced.initiative_id
            and versions.baseline_version = unplaced.baseline_version
            and unplaced.month_date is null
    window
        running as (partition by versions.moment_at, versions.initiative_id, versions.baseline_version order by months.month_date),
        whole as (partition by versions.moment_at, versions.initiative_id, versions.baseline_version)
),

of_initiatives as (
    select
        curves.moment_at,
        curves.initiative_id as scope_id,
        in_force.status_month_date,
        curves.month_date,
        in_force.baseline_version,
        in_force.origin,
        in_force.first_month_date,
        curves.pv_amount,
        curves.bac_amount
    from versions_in_force as in_force
    inner join curves
        on
            in_force.moment_at = curves.moment_at
            and in_force.initiative_id = curves.initiative_id
            and in_force.baseline_version = curves.baseline_version
),

of_program as (
    select
        moment_at,
        '*' as scope_id,
        status_month_date,
        month_date,
        null as baseline_version,
        null as origin,
        min(first_month_date) as first_month_date,
        case when count(*) = count(pv_amount) then sum(pv_amount) end as pv_amount,
        case when count(*) = count(bac_amount) then sum(bac_amount) end as bac_amount
    from of_initiatives
    group by moment_at, status_month_date, month_date
),

of_all as (
    select * from of_initiatives
    union all by name
    select * from of_program
)

select
    moment_at,
    scope_id,
    status_month_date,
    month_date,
    baseline_version,
    origin,
    first_month_date,
    date_diff('month', first_month_date, month_date) + 1 as period,
    pv_amount,
    bac_amount
from of_all
