{#-
    What a relation behind the marts must hold, as its meta says: proven with the checks of the same name, but as it is made and not by
    a test of dbt. A test is a step of its own, and those of every relation were a build's dearest part. Marts, and what must hold
    between SQL models, keep dbt's tests, which Dagster shows as checks.
-#}
{% macro prove(relation, meta) -%}
    {%- if meta.grain -%}
        {{ none_of(test_grain(relation, meta.grain), relation.identifier ~ ': rows share their grain (' ~ meta.grain | join(', ') ~ ') or leave it open') }}
    {%- endif -%}
    {%- if meta.conserves -%}
        {{ none_of(test_conserves(relation, meta.conserves.table, meta.conserves.id), relation.identifier ~ ': records of raw.' ~ meta.conserves.table ~ ' were lost') }}
    {%- endif -%}
{%- endmacro %}

{#- Ends the step with these words and an example if a query finds anything. -#}
{% macro none_of(findings, words) -%}
    select error('{{ words | replace("'", "''") }}, ' || count(*) || ' of them, such as ' || any_value(to_json(findings)))
    from ({{ findings }}) as findings
    having count(*) > 0;
{%- endmacro %}
