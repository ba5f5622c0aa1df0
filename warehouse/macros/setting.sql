{#-
    What a build was told, by its name: a function in the build file (warehouse/build.py), so that dbt need not parse the
    project anew for another moment. A unit test gives its own: `overrides: {macros: {as_of: "timestamp '2026-03-03'"}}`.
-#}
{% macro setting(name) -%}
    meta.{{ name }}()
{%- endmacro %}
