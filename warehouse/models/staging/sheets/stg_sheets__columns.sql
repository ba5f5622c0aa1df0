-- One row per tab and column that a landed row has a cell in, or that the tab lacks and cannot be read without.
with records as (
    {% for tab in sheet_tabs().split() -%}
        select
            '{{ tab }}' as tab,
            instance,
            id = '_tab' as is_refusal,
            payload,
            valid_from,
            is_current and deleted_at is null as is_live
        from {{ source('raw', 'sheets_' ~ tab) }}
        where id <> '_places'
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

found as (
    select
        instance,
        tab,
        is_refusal,
        valid_from,
        is_live,
        unnest(
            list_transform(
                json_keys(payload -> '$.cells'),
                lambda name: struct_pack(name := name, kind := 'cell', expected := cast(null as varchar))
            )
            || list_transform(
                json_keys(payload -> '$.extra'),
                lambda name: struct_pack(name := name, kind := 'unknown', expected := cast(null as varchar))
            )
            || list_transform(
                coalesce(
                    from_json(payload -> '$.faults', '[{"column": "VARCHAR", "severity": "VARCHAR", "expected": "VARCHAR"}]'), []
                ),
                lambda fault: struct_pack(name := fault['column'], kind := fault['severity'], expected := fault['expected'])
            )
        ) as part
    from records
)

select
    instance,
    tab,
    part.name as column_name,
    not bool_or(part.kind = 'unknown') as is_known,
    coalesce(bool_or(is_live), false) as is_present,
    -- The record of a tab that cannot be read says what it needs and lacks.
    coalesce(bool_or(part.kind = 'missing_column') filter (is_live), false) as is_needed,
    count(*) filter (is_live and not is_refusal and part.kind in ('cell', 'unknown')) as cell_count,
    count(*) filter (is_live and part.kind = 'bad_cell') as bad_cell_count,
    any_value(part.expected) filter (is_live and part.kind = 'bad_cell') as expected,
    min(valid_from) as first_seen_at,
    max(valid_from) as newest_at
from found
where part.name is not null and part.kind <> 'bad_row'
group by all
