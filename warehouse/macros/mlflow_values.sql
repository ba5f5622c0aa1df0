{#- MLflow's list of {key, value} as a map of texts; of a key that comes twice the last one counts. -#}
{% macro tag_map(entries) -%}
    map_from_entries(
        list_reduce(
            list_filter(
                coalesce(from_json({{ entries }}, '[{"key": "VARCHAR", "value": "VARCHAR"}]'), []),
                lambda entry: entry.key is not null
            ),
            lambda kept, entry: list_append(list_filter(kept, lambda older: older.key <> entry.key), entry),
            []
        )
    )
{%- endmacro %}

{#- A UTC time stamp from the milliseconds since 1970 that MLflow sends, as a number or as a text; 0 is unset. -#}
{% macro epoch_time(milliseconds) -%}
    try(epoch_ms(nullif(try_cast({{ milliseconds }} as bigint), 0)))
{%- endmacro %}
