-- One row per instance, stream and field of its payloads that is not as the seed payload_fields has it.
with known as (
    select
        source,
        stream,
        field,
        {{ holder_of('field') }} as holder,
        split_part(field, '.', -1) as name,
        string_split(kinds, ' ') as kinds,
        presence,
        contains(field, '%') as is_pattern
    from {{ ref('payload_fields') }}
),

found as (
    select
        source,
        stream,
        instance,
        field,
        {{ holder_of('field') }} as holder,
        split_part(field, '.', -1) as name,
        list(kind order by kind) as kinds,
        cast(sum(value_count) as bigint) as value_count,
        cast(sum(value_count) filter (kind = 'object') as bigint) as object_count,
        max(newest_at) as newest_at
    from {{ ref('stg_hub__payload_fields') }}
    group by source, stream, instance, field
),

-- Every known field of the objects that came, and in how many of these it was.
expected as (
    select
        known.source,
        known.stream,
        holders.instance,
        known.field,
        known.holder,
        known.name,
        known.kinds,
        coalesce(found.value_count, 0) as value_count,
        holders.object_count,
        holders.newest_at,
        case known.presence
            when 'always' then coalesce(found.value_count, 0) < holders.object_count
            -- A project may hide one of these: it is missed once it is in none of many.
            when 'usually' then found.value_count is null and holders.object_count >= {{ threshold('objects_to_miss_a_field') }}
            else false
        end as is_missed
    from known
    inner join found as holders on known.source = holders.source and known.stream = holders.stream and known.holder = holders.field
    left join found
        on
            known.source = found.source and known.stream = found.stream
            and holders.instance = found.instance and known.field = found.field
    where holders.object_count > 0 and not known.is_pattern and not suffix(known.field, '[]')
),

retyped as (
    select
        source,
        stream,
        instance,
        field,
        any_value(expected) as expected,
        string_agg(kind, ' and ' order by kind) filter (is_odd) as found,
        cast(sum(value_count) filter (is_odd) as bigint) as affected_count,
        cast(sum(value_count) as bigint) as looked_at_count,
        max(newest_at) as seen_at
    from (
        select
            staged.*,
            replace(array_to_string(known.kinds, ' or '), ' or any', '') as expected,
            not list_has_any(known.kinds, [staged.kind, 'any']) as is_odd
        from {{ ref('stg_hub__payload_fields') }} as staged
        inner join known on staged.source = known.source and staged.stream = known.stream and staged.field = known.field
    )
    group by source, stream, instance, field
    having bool_or(is_odd)
),

-- Only in what is known as an object: what is free-form or never read is not looked into.
unknown as (
    select found.*
    from found
    anti join known
        on
            found.source = known.source and found.stream = known.stream
            and (found.field = known.field or (known.is_pattern and found.field like known.field))
    where
        not suffix(found.field, '[]') and found.field <> ''
        and (
            found.holder = ''
            or exists (
                select 1 from known as holders
                where
                    holders.source = found.source and holders.stream = found.stream and holders.field = found.holder
                    and list_contains(holders.kinds, 'object')
            )
        )
),

-- A new field in place of one that is gone, of the same type and much like it in name. Others are told apart: one new, one missing.
renamed as (
    select
        expected.source,
        expected.stream,
        expected.instance,
        expected.field,
        unknown.field as new_field,
        unknown.name as new_name,
        unknown.value_count,
        expected.object_count,
        unknown.newest_at
    from unknown
    inner join expected
        on
            unknown.source = expected.source and unknown.stream = expected.stream
            and unknown.instance = expected.instance and unknown.holder = expected.holder
            and unknown.value_count + expected.value_count <= expected.object_count
            and list_has_any(unknown.kinds, expected.kinds)
            and {{ likeness('unknown.name', 'expected.name') }} >= {{ threshold('likeness_of_a_renamed_field') }}
    qualify
        row_number() over (
            partition by unknown.source, unknown.stream, unknown.instance, unknown.field
            order by {{ likeness('unknown.name', 'expected.name') }} desc, expected.field
        ) = 1
        and row_number() over (
            partition by expected.source, expected.stream, expected.instance, expected.field
            order by {{ likeness('unknown.name', 'expected.name') }} desc, unknown.field
        ) = 1
)

select
    source,
    stream,
    instance,
    field,
    'retyped' as drift,
    expected,
    found,
    affected_count,
    looked_at_count,
    seen_at
from retyped
union all
select
    source,
    stream,
    instance,
    field,
    'renamed' as drift,
    field as expected,
    new_name as found,
    value_count,
    object_count,
    newest_at
from renamed
union all
select
    source,
    stream,
    instance,
    field,
    'missing' as drift,
    array_to_string(kinds, ' or ') as expected,
    'nothing' as found,
    object_count - value_count as affected_count,
    object_count,
    newest_at
from expected
anti join renamed using (source, stream, instance, field)
where is_missed
union all
select
    unknown.source,
    unknown.stream,
    unknown.instance,
    unknown.field,
    'new' as drift,
    'nothing' as expected,
    array_to_string(unknown.kinds, ' or ') as found,
    unknown.value_count as affected_count,
    unknown.value_count as looked_at_count,
    unknown.newest_at
from unknown
anti join renamed
    on
        unknown.source = renamed.source and unknown.stream = renamed.stream
        and unknown.instance = renamed.instance and unknown.field = renamed.new_field
