{#- A number from the seed `thresholds`. -#}
{% macro threshold(name) -%}
    (select value from {{ ref('thresholds') }} where name = '{{ name }}')
{%- endmacro %}
