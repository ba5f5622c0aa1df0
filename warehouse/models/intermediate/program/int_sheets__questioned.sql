-- One row per thing in the spreadsheet and check it was held against.
with rows as (
    {% for tab in [
        'budget', 'baselines', 'rates', 'roadmap', 'risks', 'allocations', 'objectives', 'decisions', 'models', 'waivers', 'overrides',
        'increments', 'people'
    ] -%}
        select
            '{{ tab }}' as tab,
            row_key,
            faults,
            valid_from,
            is_in_force,
            row_key = '_tab' and is_current and deleted_at is null as is_refusal
        from {{ ref('stg_sheets__' ~ tab) }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

lines as (
    select *
    from {{ ref('int_budget_lines__converted') }}
    where is_in_force
),

named as (
    {% for tab in ['risks', 'allocations', 'decisions', 'models', 'baselines'] -%}
        select
            '{{ tab }}' as tab,
            initiative,
            valid_from
        from {{ ref('stg_sheets__' ~ tab) }}
        where is_in_force
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

models_named as (
    {% for tab in ['models', 'waivers'] -%}
        select
            '{{ tab }}' as tab,
            model,
            valid_from
        from {{ ref('stg_sheets__' ~ tab) }}
        where is_in_force
        {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    'bad_cell' as check_name,
    coalesce(faults[1].message, tab || ' ' || row_key) as subject,
    len(faults) > 0 as is_doubted,
    valid_from as moment
from rows
where is_in_force
union all
select
    'tab_unreadable' as check_name,
    coalesce(max(faults[1].message) filter (where is_refusal), tab) as subject,
    bool_or(is_refusal) as is_doubted,
    max(valid_from) as moment
from rows
group by tab
union all
select
    'amount_never_readable' as check_name,
    coalesce(
        list_filter(faults, lambda fault: fault['cell'] in (planned_cell, actual_cell))[1].message, budget_line_id
    ) as subject,
    (planned_value is null and list_contains(faulty_columns, 'planned'))
    or (actual_value is null and list_contains(faulty_columns, 'actual')) as is_doubted,
    valid_from as moment
from lines
union all
select
    'budget_row_without_month' as check_name,
    row_id as subject,
    month_date is null as is_doubted,
    valid_from as moment
from lines
union all
select
    'cost_of_no_initiative' as check_name,
    coalesce(initiative_as_given, row_id) as subject,
    initiative_id is null as is_doubted,
    valid_from as moment
from lines
union all
select
    'currency_without_rate' as check_name,
    concat_ws(' ', budget_line_id, currency, strftime(month_date, '%Y-%m')) as subject,
    rate is null as is_doubted,
    valid_from as moment
from lines
union all
select
    'budget_line_twice' as check_name,
    concat_ws(' ', budget_line_id, strftime(month_date, '%Y-%m')) as subject,
    regexp_matches(budget_line_id, ' #\d+$') as is_doubted,
    valid_from as moment
from lines
where budget_line_id is not null
union all
select
    'initiative_unknown' as check_name,
    named.tab || ': ' || named.initiative as subject,
    referenced.initiative_id is null as is_doubted,
    named.valid_from as moment
from named
left join {{ ref('int_initiatives__referenced') }} as referenced on {{ normalised('named.initiative') }} = referenced.reference
where named.initiative is not null
union all
select
    'model_unknown' as check_name,
    models_named.tab || ': ' || models_named.model as subject,
    lower(models_named.model) not in (select lower(models.model_name) from {{ ref('int_models__described') }} as models) as is_doubted,
    models_named.valid_from as moment
from models_named
where models_named.model is not null
union all
select
    'mapping_without_issue' as check_name,
    mapped.initiative_id || ' ' || mapped.kind || ':' || mapped.value as subject,
    not exists (
        select 1
        from {{ ref('int_issues__mapped') }} as matches
        where
            matches.initiative_id = mapped.initiative_id
            and matches.milestone_id is not distinct from mapped.milestone_id
            and matches.kind = mapped.kind
    ) as is_doubted,
    null as moment
from {{ ref('int_initiatives__mapped') }} as mapped
union all
select
    'override_run_out' as check_name,
    concat_ws(' ', initiative, dimension, 'until', until_date) as subject,
    until_date < {{ local_date(as_of()) }} as is_doubted,
    valid_from as moment
from {{ ref('stg_sheets__overrides') }}
where is_in_force
union all
select
    'waiver_run_out' as check_name,
    concat_ws(' ', model, gate, 'until', until_date) as subject,
    until_date < {{ local_date(as_of()) }} as is_doubted,
    valid_from as moment
from {{ ref('stg_sheets__waivers') }}
where is_in_force
union all
select
    'key_result_source' as check_name,
    objective_id || ' "' || key_result || '": ' || coalesce(source_fault, value_source) as subject,
    source_fault is not null as is_doubted,
    valid_from as moment
from {{ ref('int_key_results__valued') }}
where value_source is not null
