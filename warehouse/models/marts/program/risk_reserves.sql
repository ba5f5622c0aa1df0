-- One row per initiative, one for what belongs to none, and one for the program (scope *): what its open risks may still cost after the
-- responses, and what stands against that.
with exposures as (
    select
        coalesce(initiative_id, '') as scope_id,
        count(*) as open_risk_count,
        case when count(*) = count(residual_exposure) then sum(residual_exposure) end as residual_exposure,
        -- A blank contingency is none; one that cannot be read is unknown.
        case
            when not bool_or(contingency_amount is null and list_contains(faulty_columns, 'contingency_amount'))
                then coalesce(sum(contingency_amount), 0)
        end as contingency_amount
    from {{ ref('int_risks__assessed') }}
    where moment_at = {{ as_of() }} and is_open
    group by coalesce(initiative_id, '')
),

reserves as (
    select
        coalesce(initiative_id, '') as scope_id,
        count(*) as reserve_count,
        case
            when not bool_or(planned_amount is null and list_contains(faulty_columns, 'planned')) then coalesce(sum(planned_amount), 0)
        end as reserve_amount,
        case
            when not bool_or(actual_amount is null and list_contains(faulty_columns, 'actual')) then coalesce(sum(actual_amount), 0)
        end as drawn_amount
    from {{ ref('int_budget_lines__converted') }} as lines
    where is_reserve and {{ is_in_budget('lines') }}
    group by coalesce(initiative_id, '')
),

scopes as (
    select
        coalesce(exposures.scope_id, reserves.scope_id) as scope_id,
        coalesce(exposures.open_risk_count, 0) as open_risk_count,
        case when exposures.scope_id is null then 0 else exposures.residual_exposure end as residual_exposure,
        case when exposures.scope_id is null then 0 else exposures.contingency_amount end as contingency_amount,
        case when reserves.scope_id is null then 0 else reserves.reserve_amount end as reserve_amount,
        case when reserves.scope_id is null then 0 else reserves.drawn_amount end as drawn_amount
    from exposures
    full join reserves on exposures.scope_id = reserves.scope_id
),

summed as (
    select
        scope_id,
        open_risk_count,
        residual_exposure,
        contingency_amount,
        reserve_amount,
        drawn_amount
    from scopes
    union all
    -- One unknown part leaves the sum unknown.
    select
        '*' as scope_id,
        sum(open_risk_count) as open_risk_count,
        case when count(*) = count(residual_exposure) then sum(residual_exposure) end as residual_exposure,
        case when count(*) = count(contingency_amount) then sum(contingency_amount) end as contingency_amount,
        case when count(*) = count(reserve_amount) then sum(reserve_amount) end as reserve_amount,
        case when count(*) = count(drawn_amount) then sum(drawn_amount) end as drawn_amount
    from scopes
    having count(*) > 0
)

select
    scope_id,
    case when scope_id not in ('', '*') then scope_id end as initiative_id,
    cast(open_risk_count as bigint) as open_risk_count,
    cast(residual_exposure as double) as residual_exposure,
    cast(contingency_amount as double) as contingency_amount,
    cast(reserve_amount as double) as reserve_amount,
    cast(drawn_amount as double) as drawn_amount,
    -- greatest() passes over what is unknown.
    case
        when residual_exposure - contingency_amount is not null
            then cast(greatest(residual_exposure - contingency_amount, 0) as double)
    end as uncovered_exposure,
    cast(reserve_amount - drawn_amount - uncovered_exposure as double) as reserve_left_amount
from summed
