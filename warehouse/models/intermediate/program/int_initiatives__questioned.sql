-- One row per initiative, issue, month or account and check it was held against.
with closed_months as (
    select
        *,
        lag(ev_amount) over (partition by scope_id order by month_date) as former_ev_amount,
        lag(ac_amount) over (partition by scope_id order by month_date) as former_ac_amount,
        scope_id || ' ' || strftime(month_date, '%Y-%m') as subject
    from {{ ref('earned_value') }}
    where is_closed and initiative_id is not null
),

namesakes as (
    select
        {{ normalised('display_name') }} as compared_name,
        count(*) as person_count,
        min(display_name) as display_name
    from {{ ref('int_people__gathered') }}
    -- A login is no name.
    where display_name like '% %'
    group by {{ normalised('display_name') }}
)

select
    'issue_of_several_initiatives' as check_name,
    issues.issue_key as subject,
    linked.is_ambiguous as is_doubted,
    issues.created_at as moment
from {{ ref('int_issues__linked_to_initiatives') }} as linked
inner join {{ ref('stg_jira__issues') }} as issues on linked.issue_id = issues.issue_id
where issues.deleted_at is null
union all
select
    'initiative_without_issues' as check_name,
    initiative_id as subject,
    initiative_id not in (select linked.initiative_id from {{ ref('int_issues__linked_to_initiatives') }} as linked) as is_doubted,
    null as moment
from {{ ref('int_initiatives__gathered') }}
union all
select
    'initiative_without_budget' as check_name,
    initiative_id as subject,
    initiative_id not in (select spent.initiative_id from {{ ref('int_initiatives__spent') }} as spent) as is_doubted,
    null as moment
from {{ ref('int_initiatives__gathered') }}
union all
select distinct
    'initiative_without_baseline' as check_name,
    initiative_id as subject,
    origin = 'first landed plan' as is_doubted,
    cast(null as timestamp) as moment
from {{ ref('int_plans__baselined') }}
union all
select
    'earned_above_budget' as check_name,
    subject,
    ev_amount > bac_amount * (1 + 1e-9) as is_doubted,
    cast(month_date as timestamp) as moment
from closed_months
where ev_amount is not null and bac_amount is not null
union all
select
    'earned_value_fell' as check_name,
    subject,
    ev_amount < former_ev_amount - 0.005 as is_doubted,
    cast(month_date as timestamp) as moment
from closed_months
where ev_amount is not null and former_ev_amount is not null
union all
select
    'actual_cost_fell' as check_name,
    subject,
    ac_amount < former_ac_amount - 0.005 as is_doubted,
    cast(month_date as timestamp) as moment
from closed_months
where ac_amount is not null and former_ac_amount is not null
union all
select
    'cost_without_progress' as check_name,
    subject,
    ev_amount = 0 as is_doubted,
    cast(month_date as timestamp) as moment
from closed_months
where ac_amount > 0 and ev_amount is not null
union all
select
    'account_of_nobody' as check_name,
    identified.source || ' ' || identified.account as subject,
    not people.is_listed as is_doubted,
    null as moment
from {{ ref('int_accounts__identified') }} as identified
inner join {{ ref('int_people__gathered') }} as people on identified.person_id = people.person_id
union all
select
    'name_of_several_people' as check_name,
    display_name as subject,
    person_count > 1 as is_doubted,
    null as moment
from namesakes
where display_name is not null
