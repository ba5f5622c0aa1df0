{#- Columns of a row as rows of name and value. -#}
{% macro named_values(columns) -%}
    unnest(
        [{% for column in columns %}{'name': '{{ column }}', 'value': cast({{ column }} as double)}{{ ', ' if not loop.last }}{% endfor %}],
        recursive := true
    )
{%- endmacro %}
