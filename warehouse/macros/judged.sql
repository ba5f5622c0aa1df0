{#- Colours by rules that are rows. Not here: any limit, measure or dimension. -#}

{#- Whether a measure is on the wrong side of a limit; null if either is unknown. -#}
{% macro is_beyond(value, operator, bound) -%}
    case {{ operator }}
        when '<' then {{ value }} < {{ bound }}
        when '<=' then {{ value }} <= {{ bound }}
        when '>' then {{ value }} > {{ bound }}
        when '>=' then {{ value }} >= {{ bound }}
        when '=' then {{ value }} = {{ bound }}
        when '<>' then {{ value }} <> {{ bound }}
    end
{%- endmacro %}

{#- An operator in words. -#}
{% macro compared(operator) -%}
    case {{ operator }}
        when '<' then 'less than'
        when '<=' then 'at most'
        when '>' then 'more than'
        when '>=' then 'at least'
        when '=' then 'exactly'
        when '<>' then 'other than'
    end
{%- endmacro %}

{#- The colour of a measure by a rule; null where an optional one is unknown. -#}
{% macro colour(value, rules) -%}
    case
        when {{ value }} is null then case when {{ rules }}.is_required then 'white' end
        when {{ is_beyond(value, rules ~ '.operator', rules ~ '.red') }} then 'red'
        when {{ is_beyond(value, rules ~ '.operator', rules ~ '.amber') }} then 'amber'
        else 'green'
    end
{%- endmacro %}

{#- How bad a colour is: red over amber over white over green. -#}
{% macro colour_rank(status) -%}
    list_position(['green', 'white', 'amber', 'red'], {{ status }})
{%- endmacro %}

{#- A number as people read it, by its unit. -#}
{% macro worded(value, unit) -%}
    case {{ unit }}
        when 'share' then printf('%.0f %%', 100.0 * cast({{ value }} as double))
        when 'days' then printf('%.0f', floor(cast({{ value }} as double))) || case when floor({{ value }}) = 1 then ' day' else ' days' end
        when 'ratio' then printf('%.2f', cast({{ value }} as double))
        when 'count' then printf('%.0f', cast({{ value }} as double))
        else printf('%.6g', cast({{ value }} as double))
    end
{%- endmacro %}

{#- A change as people say it: fell by 26 %. -#}
{% macro changed(value, unit) -%}
    case when {{ value }} < 0 then 'fell by ' else 'rose by ' end || {{ worded('abs(' ~ value ~ ')', unit) }}
{%- endmacro %}

{#- Where a value lies against what it is compared with: 28 % above, 11 % below, level with. -#}
{% macro distance(value, unit) -%}
    case
        when {{ worded('abs(' ~ value ~ ')', unit) }} = {{ worded('0', unit) }} then 'level with'
        else {{ worded('abs(' ~ value ~ ')', unit) }} || case when {{ value }} < 0 then ' below' else ' above' end
    end
{%- endmacro %}

{#- A rule's text with its places filled. -#}
{% macro filled(template, value, rules, detail) -%}
    replace(replace(replace(replace(replace(replace(replace(
        {{ template }},
        '{currency}', {{ setting('currency') }}),
        '{distance}', coalesce({{ distance(value, rules ~ '.unit') }}, 'at an unknown distance from')),
        '{value}', coalesce({{ worded(value, rules ~ '.unit') }}, 'unknown')),
        '{change}', coalesce({{ changed(value, rules ~ '.unit') }}, 'changed by an unknown share')),
        '{amber}', coalesce({{ worded(rules ~ '.amber', rules ~ '.unit') }}, '')),
        '{red}', coalesce({{ worded(rules ~ '.red', rules ~ '.unit') }}, '')),
        '{detail}', coalesce({{ detail }}, 'no further detail')
    )
{%- endmacro %}

{#- The worst colour of a group. -#}
{% macro worst(status) -%}
    arg_max({{ status }}, {{ colour_rank(status) }})
{%- endmacro %}
