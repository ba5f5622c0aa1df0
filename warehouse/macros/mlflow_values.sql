{#- A list of entries {key, ...} without those that have no key. -#}
{% macro keyed(entries) -%}
    list_filter(coalesce({{ entries }}, []), lambda entry: entry['key'] is not null)
{%- endmacro %}

{#- MLflow's list of {key, value} as a list of entries. -#}
{% macro pairs(entries) -%}
    {{ keyed("from_json(" ~ entries ~ ", '[{\"key\": \"VARCHAR\", \"value\": \"VARCHAR\"}]')") }}
{%- endmacro %}

{#- A list of entries {key, value} as a map; of a key that comes twice the last one counts, which takes longer and is rare. -#}
{% macro map_of(pairs) -%}
    coalesce(
        try(map_from_entries({{ pairs }})),
        map_from_entries(
            list_transform(
                list_distinct(list_transform({{ pairs }}, lambda entry: entry['key'])),
                lambda name: struct_pack(
                    key := name, value := list_filter({{ pairs }}, lambda entry: entry['key'] = name)[-1].value
                )
            )
        )
    )
{%- endmacro %}

{#- MLflow's list of {key, value} as a map of texts. -#}
{% macro tag_map(entries) -%}
    {{ map_of(pairs(entries)) }}
{%- endmacro %}

{#- MLflow's list of {key, value, timestamp} as a list of entries: metric, number and when it was logged. -#}
{% macro metric_entries(metrics) -%}
    list_transform(
        {{ keyed(metrics) }},
        lambda entry: struct_pack(
            key := entry['key'],
            -- MLflow's servers write infinity as the largest double they can.
            value := case when isfinite(entry['value']) and abs(entry['value']) < 1.79e308 then entry['value'] end,
            logged_at := {{ epoch_time("entry['timestamp']") }}
        )
    )
{%- endmacro %}

{#- A UTC time stamp from the milliseconds since 1970 that MLflow sends, as a number or as a text; 0 is unset. -#}
{% macro epoch_time(milliseconds) -%}
    try(epoch_ms(nullif(try_cast({{ milliseconds }} as bigint), 0)))
{%- endmacro %}
