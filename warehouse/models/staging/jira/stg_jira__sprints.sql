-- One row per sprint, however many boards show it.
with source as (
    select
        instance,
        id,
        deleted_at,
        json_extract_string(
            payload,
            [
                '$.originBoardId',
                '$.name',
                '$.state',
                '$.goal',
                '$.createdDate',
                '$.activatedDate',
                '$.startDate',
                '$.endDate',
                '$.completeDate'
            ]
        ) as v
    from {{ source('raw', 'jira_sprints') }}
    where is_current
)

select
    instance || ':' || id as sprint_id,
    instance,
    instance || ':' || v[1] as board_id,
    v[2] as sprint_name,
    lower(v[3]) as sprint_state,
    nullif(trim(v[4]), '') as goal,
    {{ utc('v[5]') }} as created_at,
    -- Data Center keeps the moment the sprint was really started beside the planned one.
    {{ utc('coalesce(v[6], v[7])') }} as start_at,
    {{ utc('v[8]') }} as end_at,
    {{ utc('v[9]') }} as completed_at,
    deleted_at
from source
