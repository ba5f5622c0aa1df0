-- One row per Jira field, with the part it plays for the hub where it plays one.
with source as (
    select
        instance,
        id,
        deleted_at,
        json_extract_string(payload, ['$.name', '$.untranslatedName', '$.schema.custom', '$.schema.type']) as v
    from {{ source('raw', 'jira_fields') }}
    where is_current
),

renamed as (
    select
        instance || ':' || id as jira_field_id,
        instance,
        id as field_key,
        v[1] as field_name,
        coalesce(v[2], v[1]) as untranslated_name,
        v[3] as custom_type,
        v[4] as value_type,
        deleted_at
    from source
)

select
    renamed.*,
    roles.role as field_role,
    roles.preference as field_preference
from renamed
left join {{ ref('jira_field_roles') }} as roles
    on renamed.custom_type = roles.custom_type and (roles.name is null or lower(roles.name) = lower(renamed.untranslated_name))
qualify row_number() over (partition by renamed.jira_field_id order by roles.preference) = 1
