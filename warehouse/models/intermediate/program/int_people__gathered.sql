-- One row per person: those of the people tab, and those who only have accounts.
with listed as (
    select
        {{ person_id("coalesce(lower(email), " ~ normalised('person_name') ~ ")") }} as person_id,
        first(person_name order by row_number) as display_name,
        first(team order by row_number) as team,
        list_distinct(flatten(list(skills))) as skills
    from {{ ref('stg_sheets__people') }}
    where is_in_force and coalesce(email, person_name) is not null
    group by {{ person_id("coalesce(lower(email), " ~ normalised('person_name') ~ ")") }}
),

with_accounts as (
    select
        identified.person_id,
        arg_min(coalesce(seen.name, seen.account), (seen.name is null, identified.source, seen.account)) as display_name
    from {{ ref('int_accounts__identified') }} as identified
    inner join {{ ref('int_accounts__seen') }} as seen
        on identified.source = seen.source and identified.instance = seen.instance and identified.account = seen.account
    where identified.person_id is not null
    group by identified.person_id
)

select
    coalesce(listed.person_id, with_accounts.person_id) as person_id,
    coalesce(listed.display_name, with_accounts.display_name) as display_name,
    listed.team,
    coalesce(list_sort(listed.skills), []) as skills,
    listed.person_id is not null as is_listed
from listed
full join with_accounts on listed.person_id = with_accounts.person_id
