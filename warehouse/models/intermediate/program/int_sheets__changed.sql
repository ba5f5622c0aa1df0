-- One row per cell of the registers that changed between two syncs, and sync that showed it; a row that came or went is one row (`row`).
-- A cell that cannot be read keeps its last good value: that is no change.
{#
    What people decide on, by tab: the kind of thing its rows are, what names one, how it is called, and the cells that count.
    Cells that name persons are left out: who owns a row is told by the marts of the present.
#}
{% set tabs = {
    'roadmap': {
        'kind': 'milestone', 'id': "coalesce(milestone_id, initiative_id || ' / ' || milestone_name)", 'name': 'milestone_name',
        'initiative': 'coalesce(initiative_id, initiative_name)', 'cells': ['baseline_date', 'target_date', 'done_date']
    },
    'risks': {
        'kind': 'risk', 'id': 'risk_id', 'name': 'title', 'initiative': 'initiative', 'cells': [
            'status', 'probability_share', 'impact', 'residual_probability_share', 'contingency_amount', 'response', 'due_date',
            'review_date', 'trigger'
        ]
    },
    'decisions': {
        'kind': 'decision', 'id': 'decision_key', 'name': 'text', 'initiative': 'initiative', 'cells': ['status', 'due_date', 'text']
    },
    'overrides': {
        'kind': 'override', 'id': "concat_ws(' ', initiative, dimension)", 'name': "concat_ws(' ', initiative, dimension)",
        'initiative': 'initiative', 'cells': ['status', 'until_date', 'reason']
    },
    'waivers': {
        'kind': 'waiver', 'id': "concat_ws(' ', model, gate)", 'name': "concat_ws(' ', model, gate)", 'initiative': 'null',
        'cells': ['until_date', 'reason']
    },
    'objectives': {
        'kind': 'key_result', 'id': 'row_id', 'name': 'key_result', 'initiative': 'null',
        'cells': ['baseline_value', 'target_value', 'current_value']
    },
    'increments': {
        'kind': 'increment', 'id': "concat_ws(' ', increment, team)", 'name': "concat_ws(' ', increment, team)", 'initiative': 'null',
        'cells': ['start_date', 'end_date', 'planned_value', 'actual_value']
    }
} %}
with versions as (
    {% for tab, of in tabs.items() %}
        select
            '{{ of.kind }}' as subject_kind,
            row_id,
            {{ of.id }} as subject_id,
            {{ of.name }} as subject_name,
            {{ of.initiative }} as initiative,
            valid_from,
            deleted_at,
            min(valid_from) over (partition by instance) as first_looked_at,
            json_object(
                'row', case when deleted_at is null then 'there' end,
                {% for cell in of.cells %}
                    '{{ cell }}', case
                        when deleted_at is null then cast({{ cell | replace('probability_share', 'probability') }} as varchar)
                    end{{ ',' if not loop.last }}
                {% endfor %}
            ) as cells
        from {{ ref('stg_sheets__' ~ tab) }}
        where row_key <> '_tab' and {{ of.id }} is not null
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

told as (
    select
        * exclude (cells),
        unnest(json_keys(cells)) as what,
        cells
    from versions
),

compared as (
    select
        * exclude (cells),
        cells ->> ('$.' || what) as new_value,
        lag(cells ->> ('$.' || what)) over life as old_value,
        lag(cells ->> '$.row') over life is not null as was_there,
        cells ->> '$.row' is not null as is_there
    from told
    window life as (partition by subject_kind, row_id, what order by valid_from)
)

select
    compared.subject_kind,
    compared.subject_id,
    compared.subject_name,
    referenced.initiative_id,
    compared.what,
    compared.old_value,
    compared.new_value,
    compared.valid_from as seen_at
from compared
left join {{ ref('int_initiatives__referenced') }} as referenced
    on {{ normalised('compared.initiative') }} = referenced.reference and referenced.moment_at = {{ as_of() }}
where
    compared.old_value is distinct from compared.new_value
    -- What the first look shows was there before it.
    and compared.valid_from > compared.first_looked_at
    -- A new row's cells, and those of one that went, are told by the row.
    and ((compared.what = 'row' and compared.was_there <> compared.is_there) or (compared.was_there and compared.is_there))
qualify row_number() over (
    partition by compared.subject_kind, compared.subject_id, compared.what, compared.valid_from order by compared.row_id
) = 1
