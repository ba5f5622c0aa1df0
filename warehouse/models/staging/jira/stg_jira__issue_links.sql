-- One row per link of an issue, seen from that issue.
with source as (
    select
        instance,
        issue_id,
        unnest(
            from_json(
                try_cast(links as json),
                '[{
                    "id": "VARCHAR", "type": {"name": "VARCHAR"},
                    "inwardIssue": {"id": "VARCHAR", "key": "VARCHAR", "fields": {"status": {"statusCategory": {"key": "VARCHAR"}}}},
                    "outwardIssue": {"id": "VARCHAR", "key": "VARCHAR", "fields": {"status": {"statusCategory": {"key": "VARCHAR"}}}}
                }]'
            )
        ) as link
    from {{ ref('stg_jira__issues') }}
    where links is not null
),

sided as (
    select
        *,
        case when link['inwardIssue']['id'] is not null then 'inward' else 'outward' end as direction,
        coalesce(link['inwardIssue'], link['outwardIssue']) as other
    from source
)

select
    sided.instance || ':' || sided.link.id as issue_link_id,
    sided.instance,
    sided.issue_id,
    sided.instance || ':' || sided.other.id as linked_issue_id,
    sided.other.key as linked_issue_key,
    sided.link.type.name as link_type,
    sided.direction,
    types.meaning,
    sided.other.fields.status.statuscategory.key = 'done' as is_linked_issue_done
from sided
left join {{ ref('link_types') }} as types on lower(sided.link.type.name) = lower(types.link_type) and sided.direction = types.direction
