-- One row per field change of an issue: an item of a changelog entry.
with source as (
    select
        instance,
        id,
        -- Typed straight from the payload: cutting the changelog out first would write and parse it once more.
        unnest(
            from_json(
                payload,
                '{"changelog": {"histories": [{
                    "id": "VARCHAR", "created": "VARCHAR", "author": {"accountId": "VARCHAR", "name": "VARCHAR"},
                    "items": [{
                        "field": "VARCHAR", "fieldId": "VARCHAR",
                        "from": "VARCHAR", "fromString": "VARCHAR", "to": "VARCHAR", "toString": "VARCHAR"
                    }]
                }]}}'
            ).changelog.histories
        ) as history
    from {{ source('raw', 'jira_issues') }}
    where is_current
),

items as (
    select
        instance,
        id,
        history['id'] as history_key,
        coalesce(history['author']['accountId'], history['author']['name']) as author_account,
        history['created'] as created,
        unnest(history['items']) as item,
        unnest(range(len(history['items']))) as item_rank
    from source
),

field_names as (
    -- Data Center names the field but leaves its id out.
    select
        instance,
        lower(field_name) as field_name,
        min(field_key) as field_key
    from {{ ref('stg_jira__fields') }}
    group by all
)

select
    items.instance || ':' || items.id as issue_id,
    items.instance,
    items.history_key,
    items.item_rank,
    coalesce(items.item.fieldid, field_names.field_key, lower(items.item.field)) as field_key,
    items.item.field as field_name,
    items.author_account,
    items.item."from" as from_value,
    items.item.fromstring as from_text,
    items.item."to" as to_value,
    items.item.tostring as to_text,
    {{ utc('items.created') }} as changed_at
from items
left join field_names on items.instance = field_names.instance and lower(items.item.field) = field_names.field_name
