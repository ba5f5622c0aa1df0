{#-
How many items are left once open ones have grown as their team's did, in a scenario; to the nearest whole item,
since rounding up would add one to every scope however little grew, and most to the smallest.
-#}
{% macro grown_count(open_count, growth, scenario) -%}
    cast(round(
        {{ open_count }}
        * case
            when {{ scenario }}.does_scope_grow then least(coalesce({{ growth }}, 1), {{ threshold('forecast_growth_limit') }}) else 1
        end
    ) as integer)
{%- endmacro %}
