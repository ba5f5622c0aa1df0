{#- The id of the person that a key stands for: stable from build to build, and no name or mail can be read from it. -#}
{% macro person_id(key) -%}
    ('person-' || left(md5({{ key }}), 12))
{%- endmacro %}
