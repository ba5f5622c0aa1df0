-- One row per team and month that is over in which at least five of the team committed, reviewed or changed an issue.
-- Counted within this query alone: no table says when a person works.
with people as (
    select
        accounts.source,
        accounts.instance,
        accounts.account,
        accounts.person_id,
        people.team
    from {{ ref('int_accounts__identified') }} as accounts
    inner join {{ ref('int_people__gathered') }} as people on accounts.person_id = people.person_id
    where people.team is not null
),

acts as (
    select
        'github' as source,
        split_part(pull_request_id, ':', 1) as instance,
        author_login as account,
        sha as act,
        authored_at as acted_at
    from {{ ref('stg_github__pull_request_commits') }}
    union all
    select
        'github' as source,
        instance,
        author_login as account,
        pull_request_id || ' ' || response_rank as act,
        responded_at as acted_at
    from {{ ref('stg_github__pull_request_responses') }}
    union all
    select
        'jira' as source,
        instance,
        author_account as account,
        issue_id || ' ' || history_key as act,
        changed_at as acted_at
    from {{ ref('stg_jira__issue_changes') }}
),

local_acts as (
    -- A commit may be in several pull requests, and a change of an issue may touch many fields.
    select distinct
        people.team,
        people.person_id,
        acts.act,
        {{ local_time('acts.acted_at') }} as local_at
    from acts
    inner join people on acts.source = people.source and acts.instance = people.instance and acts.account = people.account
    where acts.acted_at < {{ day_start("date_trunc('month', " ~ local_date(as_of()) ~ ")") }}
),

judged as (
    select
        local_acts.*,
        cast(date_trunc('month', local_acts.local_at) as date) as month_date,
        isodow(local_acts.local_at) > 5
        or holidays.holiday_date is not null
        or hour(local_acts.local_at) < {{ threshold('working_day_start_hour') }}
        or hour(local_acts.local_at) >= {{ threshold('working_day_end_hour') }} as is_after_hours
    from local_acts
    left join {{ ref('holidays') }} as holidays on cast(local_acts.local_at as date) = holidays.holiday_date
)

select
    team,
    month_date,
    count(distinct person_id) as member_count,
    count(*) as act_count,
    count(*) filter (where is_after_hours) / count(*) as after_hours_share
from judged
group by team, month_date
having count(distinct person_id) >= greatest({{ threshold('group_minimum_people') }}, 5)
