{#- Where people open what a source holds, under the address that the settings give its instance. -#}

{#- The address of a page of the instance that an id names, by the source's own path; null where its address is not http(s). -#}
{% macro address(source, id, path) -%}
    case
        when starts_with(cast({{ setting('links') }} as json) ->> ('$."{{ source }}/' || split_part({{ id }}, ':', 1) || '"'), 'http')
            then rtrim(cast({{ setting('links') }} as json) ->> ('$."{{ source }}/' || split_part({{ id }}, ':', 1) || '"'), '/')
                || {{ path }}
    end
{%- endmacro %}
