-- One row per row of a tab and landed version of it, of all tabs, with what is wrong with its cells and what it names of elsewhere.
{#- By tab: which of the columns it has that name something of elsewhere. An unknown initiative of the budget is a check of its own. -#}
{% set tabs = {
    'budget': [], 'baselines': ['initiative'], 'rates': [], 'roadmap': [], 'risks': ['initiative'], 'allocations': ['initiative'],
    'objectives': [], 'decisions': ['initiative'], 'models': ['initiative', 'model'], 'waivers': ['model'], 'overrides': [],
    'increments': [], 'people': [],
} %}
{% for tab, names in tabs.items() -%}
    select
        '{{ tab }}' as tab,
        instance,
        row_key,
        {% for name in ['initiative', 'model'] -%}
            {{ name if name in names else 'cast(null as varchar)' }} as {{ name }},
        {% endfor -%}
        faults,
        valid_from,
        is_in_force,
        row_key = '_tab' and is_current and deleted_at is null as is_refusal
    from {{ ref('stg_sheets__' ~ tab) }}
    {{ 'union all' if not loop.last }}
{% endfor %}
