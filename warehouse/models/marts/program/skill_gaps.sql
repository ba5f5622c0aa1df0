-- One row per skill and month in which the allocations tab asks for it: what is asked, and what those who have it can give.
with asked as (
    select
        accounts.person_id,
        cast(date_trunc('month', tab.month_date) as date) as month_date,
        {{ normalised('tab.skill') }} as skill_key,
        tab.skill,
        tab.share
    from {{ ref('stg_sheets__allocations') }} as tab
    left join {{ ref('int_accounts__identified') }} as accounts
        on accounts.source = 'sheets' and tab.instance = accounts.instance and tab.person = accounts.account
    where tab.is_in_force and tab.month_date is not null
),

needed as (
    select
        skill_key,
        month_date,
        min(skill) as skill,
        case when count(*) = count(share) then round(sum(share), 6) end as needed_share
    from asked
    where skill_key is not null
    group by skill_key, month_date
),

able as (
    select distinct
        people.person_id,
        {{ normalised('people.skill') }} as skill_key
    from (
        select
            person_id,
            unnest(skills) as skill
        from {{ ref('int_people__gathered') }}
    ) as people
),

given as (
    -- What a person who has the skill is not promised for with another one.
    select
        needed.skill_key,
        needed.month_date,
        able.person_id,
        greatest(
            coalesce(any_value(loaded.capacity_share), 1)
            - coalesce(sum(asked.share) filter (where asked.skill_key is distinct from needed.skill_key), 0),
            0
        ) as share
    from needed
    inner join able on needed.skill_key = able.skill_key
    left join {{ ref('int_people__loaded') }} as loaded
        on
            loaded.moment_at = {{ as_of() }}
            and able.person_id = loaded.person_id
            and needed.month_date = loaded.month_date
    left join asked on able.person_id = asked.person_id and needed.month_date = asked.month_date
    group by needed.skill_key, needed.month_date, able.person_id
),

available as (
    select
        skill_key,
        month_date,
        count(*) as person_count,
        round(sum(share), 6) as share
    from given
    group by skill_key, month_date
),

-- Where no skill of anybody is written down nothing is known of who could.
known as (
    select count(*) > 0 as is_any_skill_known
    from able
)

select
    needed.skill,
    needed.month_date,
    needed.needed_share,
    case when known.is_any_skill_known then coalesce(available.share, 0) end as available_share,
    round(needed.needed_share - available_share, 6) as gap_share,
    case when known.is_any_skill_known then coalesce(available.person_count, 0) end as person_count
from needed
cross join known
left join available on needed.skill_key = available.skill_key and needed.month_date = available.month_date
