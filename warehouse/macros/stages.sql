{#- The stages of issues. -#}

{#- Of stays in stages those whose date still stands after the last of them, by `key`: moving back to an earlier stage clears the later ones. -#}
{% macro standing_stages(stays, key) -%}
    select
        {{ key }},
        stage,
        stage_rank,
        bool_or(is_active) as is_active,
        min(entered_at) as entered_at
    from (
        select
            {{ key }},
            stage,
            stage_rank,
            is_active,
            entered_at,
            min(stage_rank) over (
                partition by {{ key }} order by stay_rank rows between current row and unbounded following
            ) as lowest_rank_after
        from {{ stays }}
        where stage is not null
    )
    where stage_rank = lowest_rank_after
    group by {{ key }}, stage, stage_rank
{%- endmacro %}
