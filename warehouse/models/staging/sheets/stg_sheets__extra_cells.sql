-- One row per row in force and cell of it in a column that the contract does not know, as people wrote it, with its address.
with records as (
    {% for tab in sheet_tabs().split() -%}
        select
            '{{ tab }}' as tab,
            instance,
            id,
            payload
        from {{ source('raw', 'sheets_' ~ tab) }}
        where is_current and deleted_at is null
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

layouts as (
    select
        tab,
        instance,
        payload ->> '$.title' as tab_title,
        from_json(payload -> '$.shapes', '["MAP(VARCHAR, VARCHAR)"]') as shapes,
        unnest(map_entries(cast(payload -> '$.rows' as map (varchar, integer[])))) as place
    from records
    where id = '_places'
),

extras as (
    select
        tab,
        instance,
        id,
        unnest(map_entries(cast(coalesce(payload -> '$.extra', '{}') as map (varchar, json)))) as extra
    from records
    where id not in ('_tab', '_places')
),

placed as (
    select
        extras.tab,
        extras.instance,
        extras.id,
        extras.extra,
        layouts.tab_title,
        layouts.place.value[1] as row_number,
        layouts.shapes[layouts.place.value[2] + 1][extras.extra.key] as place
    from extras
    left join layouts on extras.tab = layouts.tab and extras.instance = layouts.instance and extras.id = layouts.place.key
)

select
    tab,
    instance || ':' || id as row_id,
    extra.key as header,
    extra.value ->> '$.value' as value,
    {{ cell_address('tab_title', 'place', 'row_number') }} as cell
from placed
