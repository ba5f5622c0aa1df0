-- One row per account of nobody and person it may belong to: a proposal for the people tab, never applied.
with unclaimed as (
    select
        identified.source,
        identified.instance,
        identified.shown_account as account,
        seen.email,
        {{ normalised('coalesce(seen.name, seen.account)') }} as compared_name,
        {{ normalised("split_part(coalesce(seen.email, seen.account), '@', 1)") }} as compared_login
    from {{ ref('int_accounts__identified') }} as identified
    inner join {{ ref('int_accounts__seen') }} as seen
        on identified.source = seen.source and identified.instance = seen.instance and identified.account = seen.account
    inner join {{ ref('int_people__gathered') }} as people on identified.person_id = people.person_id
    where not people.is_listed
),

listed as (
    select
        {{ person_id("coalesce(lower(email), " ~ normalised('person_name') ~ ")") }} as person_id,
        {{ normalised('person_name') }} as compared_name,
        {{ normalised("split_part(email, '@', 1)") }} as compared_login,
        string_split({{ normalised('person_name') }}, ' ') as name_parts
    from {{ ref('stg_sheets__people') }}
    where is_in_force and coalesce(email, person_name) is not null
),

matches as (
    select
        unclaimed.source,
        unclaimed.instance,
        unclaimed.account,
        listed.person_id,
        case
            when unclaimed.compared_login = listed.compared_login then 'the login is the first part of the e-mail address'
            when unclaimed.compared_name = listed.compared_name then 'the name is the same, but not unique in the source'
            when unclaimed.compared_login = listed.compared_name then 'the login reads like the name'
            when
                len(listed.name_parts) > 1
                and replace(unclaimed.compared_login, '-', '') = left(listed.name_parts[1], 1) || listed.name_parts[-1]
                then 'the login is the initial and the last name'
            when jaro_winkler_similarity(unclaimed.compared_name, listed.compared_name) > 0.93 then 'the names are almost the same'
        end as evidence,
        cast(
            case
                when unclaimed.compared_login = listed.compared_login then 0.9
                when unclaimed.compared_name = listed.compared_name then 0.8
                when unclaimed.compared_login = listed.compared_name then 0.8
                else 0.6
            end as double
        ) as score
    from unclaimed
    cross join listed
)

select
    source || ' ' || instance || ' ' || account || ' -> ' || person_id as suggestion_id,
    source,
    instance,
    account,
    person_id,
    evidence,
    score
from matches
where evidence is not null
qualify row_number() over (partition by source, instance, account order by score desc, person_id asc) <= 3
