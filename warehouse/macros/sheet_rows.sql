{#- The tabs that the hub reads, one after the other. -#}
{% macro sheet_tabs() -%}
    budget baselines rates roadmap risks allocations objectives decisions models waivers overrides increments people
{%- endmacro %}

{#- Where a cell stands, as in Budget!C7: of a place that is a column, in the row given; one in another row names that itself. -#}
{% macro cell_address(tab_title, place, row_number) -%}
    {{ tab_title }} || '!' || {{ place }}
    || case when regexp_matches({{ place }}, '[0-9]$') then '' else cast({{ row_number }} as varchar) end
{%- endmacro %}

{#-
    The landed versions of a tab's rows, each with the values that were in force then.

    A cell with a fault keeps the last good value it had in an earlier version of its row; a cell that was never good
    is null. `typed` holds the values in force, `addresses` where each cell stands, `faults` what is wrong with the row,
    told with the address and with what counts instead. Two records of a tab are no rows: `_places` says where all the
    others stand, `_tab` why the tab could not be read.
-#}
{% macro sheet_rows(tab) -%}
    with source as (
        select
            instance,
            id,
            payload,
            valid_from,
            valid_to,
            is_current,
            deleted_at,
            coalesce(
                from_json(
                    payload -> '$.faults',
                    '[{"column": "VARCHAR", "cell": "VARCHAR", "value": "VARCHAR", "expected": "VARCHAR", "severity": "VARCHAR", "message": "VARCHAR"}]'
                ),
                []
            ) as faults,
            cast(coalesce(payload -> '$.typed', '{}') as map(varchar, json)) as typed
        from {{ source('raw', 'sheets_' ~ tab) }}
    ),

    layouts as (
        -- Every version of where the rows stand, row by row.
        select
            instance,
            valid_from,
            payload ->> '$.title' as tab_title,
            from_json(payload -> '$.shapes', '["MAP(VARCHAR, VARCHAR)"]') as shapes,
            unnest(map_entries(cast(payload -> '$.rows' as map(varchar, integer[])))) as place
        from source
        where id = '_places'
    ),

    places as (
        select
            instance,
            place.key as id,
            valid_from,
            tab_title,
            place.value[1] as row_number,
            shapes[place.value[2] + 1] as columns
        from layouts
    ),

    placed as (
        -- A version's cells stand where they last stood while it was in force.
        select
            source.* exclude (payload),
            places.row_number,
            coalesce(places.tab_title, source.payload ->> '$.title') as tab_title,
            map_from_entries(
                list_transform(
                    coalesce(map_entries(places.columns), []),
                    lambda entry: struct_pack(
                        key := entry.key,
                        value := {{ cell_address('places.tab_title', 'entry.value', 'places.row_number') }}
                    )
                )
            ) as addresses,
            list_distinct(list_transform(faults, lambda fault: fault['column'])) as faulty_columns
        from source
        asof left join places
            on
                source.instance = places.instance
                and source.id = places.id
                and coalesce(source.valid_to, source.deleted_at, timestamp '9999-12-31') > places.valid_from
    ),

    gathered as (
        -- The good cells of this version and all before it, oldest first, each with the version it is of.
        select
            *,
            flatten(
                list(
                    list_transform(
                        list_filter(map_entries(typed), lambda entry: not list_contains(faulty_columns, entry['key'])),
                        lambda entry: struct_pack(
                            key := entry['key'], value := struct_pack(value := entry['value'], valid_from := valid_from)
                        )
                    )
                ) over (
                    partition by instance, id order by valid_from asc, is_current asc
                    rows between unbounded preceding and current row
                )
            ) as good_cells
        from placed
    ),

    in_force as (
        select
            *,
            {{ map_of('good_cells') }} as last_good
        from gathered
    )

    select
        instance,
        instance || ':' || id as row_id,
        id as row_key,
        tab_title,
        row_number,
        addresses,
        list_transform(
            faults,
            lambda fault: struct_pack(
                cell := coalesce(addresses[fault['column']], tab_title || '!' || fault['cell']),
                value := fault['value'],
                expected := fault['expected'],
                severity := fault['severity'],
                message := coalesce(addresses[fault['column']], tab_title || '!' || fault['cell'], 'the sheet') || ': '
                || fault['message'] || case
                    when fault['severity'] = 'missing_column' then '; the rows read before stay in force'
                    when json_type(last_good[fault['column']].value) not in ('NULL')
                        then '; the version of ' || cast({{ local_date("last_good[fault['column']].valid_from") }} as varchar) || ' stays in force'
                    else '; no version before had a value, so it is unknown'
                end
            )
        ) as faults,
        faulty_columns,
        cast(
            to_json(
                map_from_entries(
                    list_transform(
                        map_entries(last_good), lambda entry: struct_pack(key := entry.key, value := entry.value.value)
                    )
                )
            ) as json
        ) as typed,
        valid_from,
        valid_to,
        is_current,
        deleted_at,
        is_current and deleted_at is null and id not in ('_tab', '_places') as is_in_force
    from in_force
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
