{#- A source's text with an offset as a UTC time stamp: a plain cast to timestamp would drop the offset. -#}
{% macro utc(text) -%}
    (try_cast({{ text }} as timestamptz) at time zone 'UTC')
{%- endmacro %}
