-- One row per account seen in a source, with the name and e-mail that the source tells of it, and whether it is a bot.
with jira as (
    select
        instance,
        assignee_account as account,
        assignee_name as name,
        assignee_email as email,
        updated_at as seen_at
    from {{ ref('stg_jira__issues') }}
    union all
    select
        instance,
        reporter_account as account,
        reporter_name as name,
        reporter_email as email,
        updated_at as seen_at
    from {{ ref('stg_jira__issues') }}
),

github as (
    select
        instance,
        author_login as account
    from {{ ref('stg_github__pull_requests') }}
),

mlflow as (
    select
        instance,
        user_account as account,
        started_at as seen_at
    from {{ ref('stg_mlflow__runs') }}
    union all
    select
        instance,
        user_account as account,
        updated_at as seen_at
    from {{ ref('stg_mlflow__model_versions') }}
),

sheets as (
    select
        instance,
        owner as account,
        valid_from as seen_at
    from {{ ref('stg_sheets__roadmap') }} where is_in_force
    union all
    select
        instance,
        owner as account,
        valid_from as seen_at
    from {{ ref('stg_sheets__risks') }} where is_in_force
    union all
    select
        instance,
        owner as account,
        valid_from as seen_at
    from {{ ref('stg_sheets__decisions') }} where is_in_force
    union all
    select
        instance,
        owner as account,
        valid_from as seen_at
    from {{ ref('stg_sheets__models') }} where is_in_force
    union all
    select
        instance,
        person as account,
        valid_from as seen_at
    from {{ ref('stg_sheets__allocations') }} where is_in_force
),

mlflow_owners as (
    select
        instance,
        coalesce(tags['hub.owner'], tags['owner']) as account,
        updated_at as seen_at
    from {{ ref('stg_mlflow__registered_models') }}
    where is_current
),

people as (
    select
        instance,
        person_name as account,
        person_name as name,
        email,
        valid_from as seen_at
    from {{ ref('stg_sheets__people') }}
    where is_in_force
),

accounts as (
    select
        'jira' as source,
        *
    from jira
    union all by name
    select
        'github' as source,
        *
    from github
    union all by name
    select
        'mlflow' as source,
        *
    from mlflow
    union all by name
    select
        'mlflow' as source,
        *
    from mlflow_owners
    union all by name
    select
        'sheets' as source,
        account as name,
        *
    from sheets
    union all by name
    select
        'sheets' as source,
        *
    from people
),

latest as (
    select
        source,
        instance,
        trim(account) as account,
        arg_max(name, coalesce(seen_at, timestamp '1970-01-01')) as name,
        lower(trim(coalesce(
            arg_max(email, coalesce(seen_at, timestamp '1970-01-01')),
            case when account like '%_@_%._%' then account end
        ))) as email
    from accounts
    where nullif(trim(account), '') is not null
    group by source, instance, trim(account), case when account like '%_@_%._%' then account end
)

select
    latest.*,
    exists(
        select 1
        from {{ ref('bots') }} as bots
        -- Jira's ids say nothing: there the name tells.
        where bots.source = latest.source and (latest.account ilike bots.account_pattern or latest.name ilike bots.account_pattern)
    ) as is_bot
from latest
