-- One row per version of a baseline and part of it that changed between two syncs, and sync that showed it.
-- A version that came or went is one row (`row`). A cell that cannot be read keeps its last good value: that is no change.
with looks as (
    -- What the first look at a spreadsheet shows was there before it; a baselines tab that was added later is news.
    select
        instance,
        min(valid_from) as first_looked_at
    from {{ ref('int_sheet_rows__listed') }}
    group by instance
),

cells as (
    -- Where a version names its initiative as nobody does any more, it is that of the row's newest version that can be told.
    select
        coalesce(
            referenced.initiative_id, arg_max(referenced.initiative_id, baselines.valid_from) over (partition by baselines.row_id)
        ) as initiative_id,
        coalesce(baselines.baseline_version, '1') as baseline_version,
        baselines.approved_date,
        baselines.planned_value is null and list_contains(baselines.faulty_columns, 'planned') as is_unreadable,
        baselines.planned_value * {{ worth('upper(baselines.currency)', 'rates') }} as planned_amount,
        baselines.planned_value,
        baselines.valid_from,
        baselines.valid_to,
        baselines.deleted_at,
        looks.first_looked_at
    from {{ ref('stg_sheets__baselines') }} as baselines
    inner join looks on baselines.instance = looks.instance
    left join {{ ref('int_initiatives__referenced') }} as referenced
        on {{ normalised('baselines.initiative') }} = referenced.reference and referenced.moment_at = {{ as_of() }}
    left join {{ ref('int_exchange_rates__spread') }} as rates
        on {{ rate_of('rates', as_of(), 'upper(baselines.currency)', 'baselines.month_date') }}
    where baselines.row_key not in ('_tab', '_places')
),

instants as (
    select
        initiative_id,
        baseline_version,
        seen_at,
        min(first_looked_at) as first_looked_at
    from (
        select
            initiative_id,
            baseline_version,
            first_looked_at,
            unnest([valid_from, valid_to]) as seen_at
        from cells
        where initiative_id is not null
    ) as seen
    where seen_at is not null
    group by initiative_id, baseline_version, seen_at
),

states as (
    select
        instants.initiative_id,
        instants.baseline_version,
        instants.seen_at,
        any_value(instants.first_looked_at) as first_looked_at,
        count(cells.initiative_id) > 0 as is_there,
        -- Of a sum that is unknown in part nobody knows whether it moved.
        case
            when bool_and(not cells.is_unreadable and (cells.planned_value is null or cells.planned_amount is not null))
                then cast(round(sum(cells.planned_amount), 2) as varchar)
        end as planned_amount,
        cast(max(cells.approved_date) as varchar) as approved_date
    from instants
    left join cells
        on
            instants.initiative_id = cells.initiative_id
            and instants.baseline_version = cells.baseline_version
            and {{ valid_at('cells', 'instants.seen_at') }}
    group by instants.initiative_id, instants.baseline_version, instants.seen_at
),

compared as (
    select
        *,
        coalesce(lag(is_there) over life, false) as was_there,
        lag(planned_amount ignore nulls) over life as former_amount,
        lag(approved_date) over life as former_date
    from states
    window life as (partition by initiative_id, baseline_version order by seen_at)
),

parts as (
    select
        *,
        unnest([
            struct_pack(
                what := 'row',
                old_value := case when was_there then 'there' end,
                new_value := case when is_there then 'there' end
            ),
            struct_pack(what := 'planned_amount', old_value := former_amount, new_value := planned_amount),
            struct_pack(what := 'approved_date', old_value := former_date, new_value := approved_date)
        ]) as part
    from compared
)

select
    initiative_id || ' / ' || baseline_version as subject_id,
    baseline_version,
    initiative_id,
    part.what,
    part.old_value,
    part.new_value,
    seen_at
from parts
where
    part.old_value is distinct from part.new_value
    and seen_at > first_looked_at
    -- What a new version plans, and what one that went had planned, is told by its row.
    and (part.what = 'row' or (was_there and is_there))
    and (part.what <> 'planned_amount' or (part.old_value is not null and part.new_value is not null))
