-- One row per initiative, unit and month that is over: what was spent, how many units came of it, and what one cost.
with present as (
    select
        cast(date_trunc('month', {{ local_date(as_of()) }}) as date) as month_date,
        (
            select min(attempted_at)
            from {{ ref('stg_hub__sync_attempts') }}
            where source = 'mlflow' and stream = 'registered_models' and is_success
        ) as registry_seen_at
),

costs as (
    -- Of each unit the categories count that its rule names. An actual that is missing leaves the month unknown.
    select
        lines.initiative_id,
        rules.unit,
        lines.month_date,
        case
            when
                count(*) filter (
                    where lines.actual_amount is null
                    and (
                        coalesce(lines.planned_value, 0) <> 0
                        or lines.actual_value is not null
                        or list_contains(lines.faulty_columns, 'actual')
                    )
                ) = 0
                then coalesce(sum(lines.actual_amount), 0)
        end as amount
    from {{ ref('int_budget_lines__converted') }} as lines
    inner join {{ ref('unit_cost_rules') }} as rules
        on rules.category_pattern is null or regexp_matches(lines.category, rules.category_pattern, 'i')
    where lines.is_in_force and lines.initiative_id is not null and lines.month_date is not null and not lines.is_reserve
    group by lines.initiative_id, rules.unit, lines.month_date
),

months as (
    select distinct
        initiative_id,
        month_date
    from costs
),

finished as (
    select
        initiative_id,
        cast(date_trunc('month', {{ local_date('done_at') }}) as date) as month_date,
        count(*) as item_count,
        count(story_points) as estimated_count,
        sum(story_points) as unit_count
    from {{ ref('issues') }}
    where initiative_id is not null and is_work_item and is_finished
    group by initiative_id, month_date
),

shipped as (
    -- Shipped is what became champion, the first time it did; what already was so at the first look has no known day.
    select
        models.initiative_id,
        cast(date_trunc('month', {{ local_date('stays.first_seen_at') }}) as date) as month_date,
        count(*) as unit_count
    from (
        select
            spans.model_id,
            spans.version,
            min(spans.seen_at) as first_seen_at,
            bool_or(spans.is_since_first_sync) as is_since_first_sync
        from {{ ref('int_model_roles__spanned') }} as spans
        where spans.role = 'champion'
        group by spans.model_id, spans.version
    ) as stays
    inner join {{ ref('int_models__described') }} as models on stays.model_id = models.model_id
    where models.initiative_id is not null and not stays.is_since_first_sync
    group by models.initiative_id, month_date
),

owners as (
    -- A champion without a trail: when it was shipped is unknown.
    select
        models.initiative_id,
        bool_or(models.champion_version is not null and not exists (
            select 1
            from {{ ref('int_model_roles__spanned') }} as spans
            where spans.role = 'champion' and spans.model_id = models.model_id
        )) as has_untraced_champion
    from {{ ref('int_models__described') }} as models
    where models.initiative_id is not null
    group by models.initiative_id
),

experimented as (
    -- The hours of a parent that its children took are theirs alone.
    select
        initiative_id,
        cast(date_trunc('month', {{ local_date('ended_at') }}) as date) as month_date,
        sum(own_hours) as unit_count
    from {{ ref('mlflow_runs') }}
    where initiative_id is not null and own_hours is not null
    group by initiative_id, month_date
),

counted as (
    select
        initiative_id,
        'story_point' as unit,
        month_date,
        unit_count,
        case
            when estimated_count < item_count
                then (item_count - estimated_count) || ' of ' || item_count || ' finished items have no points'
        end as note
    from finished
    union all
    select
        initiative_id,
        'model_version' as unit,
        month_date,
        unit_count,
        null as note
    from shipped
    union all
    select
        initiative_id,
        'experiment_hour' as unit,
        month_date,
        unit_count,
        null as note
    from experimented
),

measured as (
    -- A unit that an initiative never has is not one of it.
    select
        initiative_id,
        'story_point' as unit
    from finished
    union
    select
        initiative_id,
        'model_version' as unit
    from owners
    union
    select
        initiative_id,
        'experiment_hour' as unit
    from experimented
),

monthly as (
    select
        measured.initiative_id,
        measured.unit,
        months.month_date,
        costs.amount,
        measured.unit = 'model_version'
        and (
            owners.has_untraced_champion
            or present.registry_seen_at is null
            -- A month of which a part went unseen is unknown as a whole.
            or months.month_date < {{ local_date('present.registry_seen_at') }}
        ) as is_before_history,
        case when not is_before_history then coalesce(counted.unit_count, case when counted.note is null then 0 end) end as unit_count,
        counted.note
    from measured
    inner join months on measured.initiative_id = months.initiative_id
    cross join present
    left join costs
        on measured.initiative_id = costs.initiative_id and measured.unit = costs.unit and months.month_date = costs.month_date
    left join counted
        on
            measured.initiative_id = counted.initiative_id
            and measured.unit = counted.unit
            and months.month_date = counted.month_date
    left join owners on measured.initiative_id = owners.initiative_id
    where months.month_date < present.month_date
)

select
    initiative_id,
    unit,
    month_date,
    amount,
    cast(unit_count as double) as unit_count,
    amount / nullif(unit_count, 0) as amount_per_unit,
    sum(amount) filter (where unit_count is not null) over running
    / nullif(sum(unit_count) filter (where amount is not null) over running, 0) as amount_per_unit_to_date,
    count(*) filter (where amount is not null and unit_count is not null) over running as known_month_count,
    nullif(
        concat_ws(
            '; ',
            case when amount is null then 'the cost is unknown: an actual is missing, or no category of the budget is of this kind' end,
            case when is_before_history then 'the hub did not see the registry then' end,
            case when unit_count = 0 then 'none in this month' end,
            note
        ),
        ''
    ) as notes
from monthly
window running as (partition by initiative_id, unit order by month_date)
