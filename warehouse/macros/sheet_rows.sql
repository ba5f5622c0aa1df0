{#-
    The landed versions of a tab's rows, each with the values that were in force then.

    A cell with a fault keeps the last good value it had in an earlier version of its row; a cell that was never good
    is null. `typed` holds the values in force, `cells` the addresses as they are, `faults` what is wrong with the row.
-#}
{% macro sheet_rows(tab) -%}
    with source as (
        select
            instance,
            id,
            valid_from,
            valid_to,
            is_current,
            deleted_at,
            try_cast(payload ->> '$.row' as integer) as row_number,
            payload ->> '$.title' as tab_title,
            coalesce(payload -> '$.cells', '{}') as cells,
            coalesce(
                from_json(
                    payload -> '$.faults',
                    '[{"cell": "VARCHAR", "value": "VARCHAR", "expected": "VARCHAR", "severity": "VARCHAR", "message": "VARCHAR"}]'
                ),
                []
            ) as faults,
            cast(coalesce(payload -> '$.typed', '{}') as map(varchar, json)) as typed
        from {{ source('raw', 'sheets_' ~ tab) }}
    ),

    judged as (
        select
            *,
            list_filter(
                json_keys(cells),
                lambda name: list_contains(list_transform(faults, lambda fault: fault['cell']), cells -> name ->> 'cell')
            ) as faulty_columns
        from source
    ),

    gathered as (
        -- The good cells of this version and all before it, oldest first.
        select
            *,
            flatten(
                list(list_filter(map_entries(typed), lambda entry: not list_contains(faulty_columns, entry['key']))) over (
                    partition by instance, id order by valid_from asc, is_current asc
                    rows between unbounded preceding and current row
                )
            ) as good_cells
        from judged
    )

    select
        instance,
        instance || ':' || id as row_id,
        id as row_key,
        tab_title,
        row_number,
        cells,
        faults,
        faulty_columns,
        cast(to_json({{ map_of('good_cells') }}) as json) as typed,
        valid_from,
        valid_to,
        is_current,
        deleted_at,
        is_current and deleted_at is null and id <> '_tab' as is_in_force
    from gathered
{%- endmacro %}

{#- A list of texts from a cell that holds a JSON list, or one text with separators. -#}
{% macro text_list(value) -%}
    list_filter(
        list_transform(
            case json_type({{ value }})
                when 'ARRAY' then from_json({{ value }}, '["VARCHAR"]')
                when 'VARCHAR' then regexp_split_to_array({{ value }} ->> '$', '[,;\n]')
                else []
            end,
            lambda item: trim(item)
        ),
        lambda item: item <> ''
    )
{%- endmacro %}

{#- A text in the form in which names and references are compared: no accents, no case, single spaces. -#}
{% macro normalised(value) -%}
    nullif(trim(regexp_replace(lower(strip_accents({{ value }})), '[\s.,_]+', ' ', 'g')), '')
{%- endmacro %}
