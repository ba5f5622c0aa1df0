{#- A count with its noun: 1 item, 2 items. -#}
{% macro counted(count, noun) -%}
    ({{ count }} || case when {{ count }} = 1 then ' {{ noun }}' else ' {{ noun }}s' end)
{%- endmacro %}

{#- The texts of a list in a sentence, the first three of them: a, b and c; a, b, c and 4 more. -#}
{% macro listed(texts) -%}
    case
        when len({{ texts }}) > 3 then array_to_string({{ texts }}[:3], ', ') || ' and ' || (len({{ texts }}) - 3) || ' more'
        when len({{ texts }}) > 1 then array_to_string({{ texts }}[:-2], ', ') || ' and ' || {{ texts }}[-1]
        else {{ texts }}[1]
    end
{%- endmacro %}

{#- One or several of something, as a sentence begins: an open risk is late; 3 open risks are late. -#}
{% macro one_or(count, one, several) -%}
    case when {{ count }} = 1 then '{{ one }}' else {{ count }} || ' {{ several }}' end
{%- endmacro %}

{#- A thing by its id, and its title in quotation marks where it has one. -#}
{% macro titled(id, title) -%}
    ({{ id }} || coalesce(' "' || {{ title }} || '"', ''))
{%- endmacro %}
