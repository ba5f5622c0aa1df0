-- One row per thing in the spreadsheet and check it was held against.
with rows as (
    select *
    from {{ ref('int_sheet_rows__listed') }}
),

lines as (
    select *
    from {{ ref('int_budget_lines__converted') }}
    where is_in_force
),

measures as (
    -- What a trigger can speak of: what a rule reads, and what is observed beside that.
    select measure
    from {{ ref('status_rules') }}
    union
    select measure
    from {{ ref('int_measures__observed') }}
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
    rows.tab || ': ' || rows.initiative as subject,
    referenced.initiative_id is null as is_doubted,
    rows.valid_from as moment
from rows
left join {{ ref('int_initiatives__referenced') }} as referenced
    on {{ normalised('rows.initiative') }} = referenced.reference and referenced.moment_at = {{ as_of() }}
where rows.is_in_force and rows.initiative is not null
union all
select
    'model_unknown' as check_name,
    tab || ': ' || model as subject,
    lower(model) not in (select lower(models.model_name) from {{ ref('int_models__described') }} as models) as is_doubted,
    valid_from as moment
from rows
where is_in_force and model is not null
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
            and matches.{{ seen_now() }}
    ) as is_doubted,
    null as moment
from {{ ref('int_initiatives__mapped') }} as mapped
where mapped.{{ seen_now() }}
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
    concat_ws(' ', model, replace(gate, '_', ' '), 'until', until_date) as subject,
    until_date < {{ local_date(as_of()) }} as is_doubted,
    valid_from as moment
from {{ ref('stg_sheets__waivers') }}
where is_in_force
union all
select
    'trigger_unreadable' as check_name,
    assessed.risk_id || ' "' || assessed.trigger || '"' as subject,
    triggered.measure is null or triggered.measure not in (select measures.measure from measures) as is_doubted,
    null as moment
from {{ ref('int_risks__assessed') }} as assessed
left join {{ ref('int_risks__triggered') }} as triggered
    on assessed.moment_at = triggered.moment_at and assessed.risk_id = triggered.risk_id
where assessed.moment_at = {{ as_of() }} and assessed.trigger is not null
union all
select
    'key_result_source' as check_name,
    objective_id || ' "' || key_result || '": ' || coalesce(source_fault, value_source) as subject,
    source_fault is not null as is_doubted,
    valid_from as moment
from {{ ref('int_key_results__valued') }}
where value_source is not null
