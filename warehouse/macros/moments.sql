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

{#-
    Runs of moments: first_moment_rank and last_moment_rank of int_moments, both within. What holds at most moments is one row
    then, not one for each of them.
-#}

{#- Whether a run covers a moment. -#}
{% macro seen_at(run, moment) -%}
    ({{ moment }}.moment_rank between {{ run }}.first_moment_rank and {{ run }}.last_moment_rank)
{%- endmacro %}

{#- Whether the run of a row covers the present, which is the last moment. -#}
{% macro seen_now() -%}
    last_moment_rank >= (select max(moments.moment_rank) from {{ ref('int_moments') }} as moments)
{%- endmacro %}

{#- Whether two runs have a moment in common. -#}
{% macro seen_together(run, other) -%}
    ({{ run }}.first_moment_rank <= {{ other }}.last_moment_rank and {{ other }}.first_moment_rank <= {{ run }}.last_moment_rank)
{%- endmacro %}

{#- The moments that two runs have in common, as the columns of a run. -#}
{% macro common_run(run, other) -%}
    greatest({{ run }}.first_moment_rank, {{ other }}.first_moment_rank) as first_moment_rank,
    least({{ run }}.last_moment_rank, {{ other }}.last_moment_rank) as last_moment_rank
{%- endmacro %}

{#- Stays in Jira, from_at until to_at, with the run of moments at which they were known; without those that no moment saw. -#}
{% macro seen_runs(stays, to_at='to_at') -%}
    {%- set looks -%}
        (
            select
                instance,
                known_at,
                min(moment_rank) as first_rank,
                max(moment_rank) as last_rank
            from {{ ref('int_looks__at_moments') }}
            where source = 'jira'
            group by instance, known_at
        )
    {%- endset -%}
    select
        stays.*,
        firsts.first_rank as first_moment_rank,
        lasts.last_rank as last_moment_rank
    from {{ stays }} as stays
    asof inner join {{ looks }} as firsts on stays.instance = firsts.instance and stays.from_at < firsts.known_at
    asof inner join {{ looks }} as lasts on stays.instance = lasts.instance and stays.{{ to_at }} >= lasts.known_at
    where firsts.first_rank <= lasts.last_rank
{%- endmacro %}
