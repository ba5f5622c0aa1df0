{#-
    A table with its comments in one go, and the proof of what it must hold. dbt's own way takes twice as long: it keeps the former
    table readable through copies and renames, but nobody reads a build file before it is finished and checked.
-#}
{% materialization table, adapter='duckdb' %}
    {{ run_hooks(pre_hooks) }}
    {%- if config.get('contract').enforced -%}{{ get_assert_columns_equivalent(sql) }}{%- endif -%}
    {%- call statement('main') -%}
        create or replace table {{ this }} as
        {{ sql }}
        ;
        {{ prove(this, model.config.meta) }}
        {%- if model.description %}
        comment on table {{ this }} is {{ duckdb_escape_comment(model.description) }};
        {%- endif -%}
        {%- for column in model.columns.values() if column.description %}
        comment on column {{ this }}.{{ adapter.quote(column.name) }} is {{ duckdb_escape_comment(column.description) }};
        {%- endfor -%}
    {%- endcall -%}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}
    {{ return({'relations': [this.incorporate(type='table')]}) }}
{% endmaterialization %}
