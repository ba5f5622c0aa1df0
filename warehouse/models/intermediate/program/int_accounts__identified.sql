-- One row per account in a source, with the person it belongs to and how that is known.
-- Certain matches only: e-mail, then a login that the people tab gives, then a normalised name that only one person has.
-- An account that matches nobody is a person of its own; a bot is none.
with accounts as (
    select
        *,
        {{ normalised('name') }} as compared_name
    from {{ ref('int_accounts__seen') }}
),

listed as (
    select
        row_id,
        lower(email) as email,
        {{ normalised('person_name') }} as compared_name,
        jira_accounts,
        github_accounts,
        mlflow_accounts,
        {{ person_id("coalesce(lower(email), " ~ normalised('person_name') ~ ")") }} as person_id
    from {{ ref('stg_sheets__people') }}
    where is_in_force and coalesce(email, person_name) is not null
),

logins as (
    select
        'jira' as source,
        lower(unnest(jira_accounts)) as login,
        person_id
    from listed
    union
    select
        'github' as source,
        lower(unnest(github_accounts)) as login,
        person_id
    from listed
    union
    select
        'mlflow' as source,
        lower(unnest(mlflow_accounts)) as login,
        person_id
    from listed
),

unique_logins as (
    select
        source,
        login,
        any_value(person_id) as person_id
    from logins
    where login is not null
    group by source, login
    having count(distinct person_id) = 1
),

listed_emails as (
    select
        email,
        any_value(person_id) as person_id
    from listed
    where email is not null
    group by email
),

listed_names as (
    select
        compared_name,
        any_value(person_id) as person_id
    from listed
    where compared_name is not null
    group by compared_name
    having count(distinct person_id) = 1
),

names_within_source as (
    select
        source,
        instance,
        compared_name
    from accounts
    where compared_name is not null and not is_bot
    group by source, instance, compared_name
    having count(*) = 1
),

matched_with_list as (
    select
        accounts.*,
        names_within_source.compared_name is not null as is_name_unique,
        coalesce(
            listed_emails.person_id,
            unique_logins.person_id,
            case when names_within_source.compared_name is not null then listed_names.person_id end
        ) as person_id,
        case
            when listed_emails.person_id is not null then 'e-mail'
            when unique_logins.person_id is not null then 'login'
            when names_within_source.compared_name is not null and listed_names.person_id is not null then 'name'
        end as method
    from accounts
    left join listed_emails on accounts.email = listed_emails.email
    left join unique_logins
        on accounts.source = unique_logins.source and unique_logins.login in (lower(accounts.account), accounts.email)
    left join names_within_source
        on
            accounts.source = names_within_source.source
            and accounts.instance = names_within_source.instance
            and accounts.compared_name = names_within_source.compared_name
    left join listed_names on accounts.compared_name = listed_names.compared_name
    where not accounts.is_bot
    qualify row_number() over (
        partition by accounts.source, accounts.instance, accounts.account
        order by lower(accounts.account) = unique_logins.login desc nulls last
    ) = 1
),

matched_by_email as (
    select
        * replace (
            coalesce(person_id, case when email is not null then {{ person_id('email') }} end) as person_id,
            coalesce(method, case when email is not null then 'e-mail' end) as method
        )
    from matched_with_list
),

known_names as (
    select
        compared_name,
        any_value(person_id) as person_id,
        count(distinct person_id) as person_count
    from (
        select
            compared_name,
            person_id
        from matched_by_email where person_id is not null
        union
        select
            compared_name,
            person_id
        from listed
    ) as names
    where compared_name is not null
    group by compared_name
),

matched_by_name as (
    select
        matched.* replace (
            coalesce(
                matched.person_id,
                case when matched.is_name_unique and known.person_count = 1 then known.person_id end
            ) as person_id,
            coalesce(
                matched.method,
                case when matched.is_name_unique and known.person_count = 1 then 'name' end
            ) as method
        ),
        coalesce(known.person_count, 0) as namesake_count
    from matched_by_email as matched
    left join known_names as known on matched.compared_name = known.compared_name
),

on_their_own as (
    select
        source,
        instance,
        account,
        coalesce(
            person_id,
            case
                when is_name_unique and namesake_count = 0 then {{ person_id('compared_name') }}
                else {{ person_id("source || ':' || instance || ':' || account") }}
            end
        ) as person_id,
        case
            when method is not null then method
            when is_name_unique and namesake_count = 0 and count(*) over (partition by compared_name) > 1 then 'name'
            else 'account'
        end as method
    from matched_by_name
),

all_accounts as (
    select
        source,
        instance,
        account,
        person_id,
        method
    from on_their_own
    union all
    select
        source,
        instance,
        account,
        null as person_id,
        'bot' as method
    from accounts
    where is_bot
),

shown as (
    select
        *,
        {{ without_domain('account') }} as shown_account
    from all_accounts
)

select
    source,
    instance,
    account,
    shown_account || case row_number() over same when 1 then '' else ' #' || row_number() over same end as shown_account,
    person_id,
    method
from shown
window same as (partition by source, instance, shown_account order by account)
