-- One row per moment, person, initiative and month of the allocations tab as it was known then.
select
    moments.moment_at,
    accounts.person_id,
    referenced.initiative_id,
    cast(date_trunc('month', tab.month_date) as date) as month_date,
    round(sum(tab.share), 6) as allocated_share,
    max(tab.capacity) as capacity_share,
    string_agg(distinct tab.skill, ', ' order by tab.skill) as skills,
    bool_or(tab.share is null) as has_unknown_share
from {{ ref('stg_sheets__allocations') }} as tab
inner join {{ ref('int_moments') }} as moments on {{ in_force_at('tab', 'moments.moment_at') }}
inner join {{ ref('int_accounts__identified') }} as accounts
    on accounts.source = 'sheets' and tab.instance = accounts.instance and tab.person = accounts.account
left join {{ ref('int_initiatives__referenced') }} as referenced
    on {{ normalised('tab.initiative') }} = referenced.reference and moments.moment_at = referenced.moment_at
where tab.month_date is not null and accounts.person_id is not null
group by moments.moment_at, accounts.person_id, referenced.initiative_id, date_trunc('month', tab.month_date)
