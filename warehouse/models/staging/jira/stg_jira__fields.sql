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
),

-- A field that the settings of a site name for a role is the only one of that role there.
named as (
    select
        instance,
        field_role,
        field_key
    from {{ ref('stg_jira__field_roles') }}
    where field_key is not null and deleted_at is null
)

select
    renamed.*,
    case
        when named.field_role is not null then named.field_role
        when elsewhere.field_role is null then roles.role
    end as field_role,
    case when named.field_role is not null then 0 else roles.preference end as field_preference
from renamed
left join named on renamed.instance = named.instance and renamed.field_key = named.field_key
left join {{ ref('jira_field_roles') }} as roles
    on renamed.custom_type = roles.custom_type and (roles.name is null or lower(roles.name) = lower(renamed.untranslated_name))
left join named as elsewhere on renamed.instance = elsewhere.instance and roles.role = elsewhere.field_role
qualify row_number() over (partition by renamed.jira_field_id order by roles.preference) = 1
