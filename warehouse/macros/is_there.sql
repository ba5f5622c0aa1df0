{#- Whether a row of `work` was part of the scope at an instant of `instants`. -#}
{% macro is_there(instant) -%}
    work.created_at < instants.{{ instant }} and (work.removed_at is null or work.removed_at >= instants.{{ instant }})
{%- endmacro %}
