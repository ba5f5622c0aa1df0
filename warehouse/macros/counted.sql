{#- A count with its noun: 1 item, 2 items. -#}
{% macro counted(count, noun) -%}
    ({{ count }} || case when {{ count }} = 1 then ' {{ noun }}' else ' {{ noun }}s' end)
{%- endmacro %}
