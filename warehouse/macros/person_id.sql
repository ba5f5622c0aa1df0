{#- The id of the person that a key stands for: stable from build to build, and no name or mail can be read from it. -#}
{% macro person_id(key) -%}
    ('person-' || left(md5({{ key }}), 12))
{%- endmacro %}

{#- What a tag says: whom it names by mail address as a person (null if nobody known), or by what stands before the @. -#}
{% macro as_person(value, person) -%}
    case
        when regexp_full_match({{ value }}, '\s*[^@\s/]+@[^@\s/]+\s*') then coalesce({{ person }}, split_part(trim({{ value }}), '@', 1))
        else {{ value }}
    end
{%- endmacro %}
