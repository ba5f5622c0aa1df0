{#- The field that holds a field: a.b of a.b[], a[] of a[].b, and the payload itself (no name) of a. -#}
{% macro holder_of(field) -%}
    regexp_replace({{ field }}, '(\.?[^.\[\]]+|\[\])$', '')
{%- endmacro %}

{#- How alike two names are, 0..1, whatever their case. -#}
{% macro likeness(name, other) -%}
    jaro_winkler_similarity(lower({{ name }}), lower({{ other }}))
{%- endmacro %}
