{#- Whether an account is no person: by the seed `bots` or by what the source says it is. -#}
{% macro is_bot(source, account, kind) -%}
    (
        coalesce({{ kind }} = 'Bot', false)
        or exists (
            select 1 from {{ ref('bots') }} as bots where bots.source = '{{ source }}' and {{ account }} ilike bots.account_pattern
        )
    )
{%- endmacro %}
