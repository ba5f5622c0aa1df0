{#- What was known at a moment of int_moments, and which of its rows are of the present. -#}

{#- Whether a landed version of a record was the one known at a moment, and the record was there. -#}
{% macro valid_at(version, moment) -%}
    (
        {{ version }}.valid_from <= {{ moment }}
        and ({{ version }}.valid_to is null or {{ version }}.valid_to > {{ moment }})
        and {{ version }}.deleted_at is null
    )
{%- endmacro %}

{#- The same for a row of a tab; what is told of the tab itself and of where its rows stand is no row of it. -#}
{% macro in_force_at(tab, moment) -%}
    ({{ tab }}.row_key not in ('_tab', '_places') and {{ valid_at(tab, moment) }})
{%- endmacro %}

{#- Whether a stay covers a moment: what begins at the moment itself is not seen at it. -#}
{% macro covers(stay, moment) -%}
    ({{ stay }}.from_at < {{ moment }} and ({{ stay }}.to_at is null or {{ stay }}.to_at >= {{ moment }}))
{%- endmacro %}
