-- One row per moment and registered model that was there then: owner, initiative, champion and challenger.
with models as (
    select
        moments.moment_at,
        moments.moment_date,
        registered.*
    from {{ ref('stg_mlflow__registered_models') }} as registered
    inner join {{ ref('int_moments') }} as moments on {{ valid_at('registered', 'moments.moment_at') }}
),

versions as (
    select
        moments.moment_at,
        registered.model_id,
        registered.version
    from {{ ref('stg_mlflow__model_versions') }} as registered
    inner join {{ ref('int_moments') }} as moments on {{ valid_at('registered', 'moments.moment_at') }}
),

roles as (
    select
        moments.moment_at,
        spanned.model_id,
        spanned.role,
        spanned.version
    from {{ ref('int_model_roles__spanned') }} as spanned
    inner join {{ ref('int_moments') }} as moments
        on spanned.seen_at <= moments.moment_at and (spanned.to_at is null or spanned.to_at > moments.moment_at)
),

latest as (
    select
        moment_at,
        model_id,
        arg_max(version, coalesce(try_cast(version as integer), 0)) as version,
        count(*) as version_count
    from versions
    group by moment_at, model_id
),

owners as (
    select
        models.moment_at,
        models.model_id,
        coalesce(declared.owner, models.tags['hub.owner'], models.tags['owner'], models.user_account) as owner,
        case when declared.owner is not null then 'sheets' else 'mlflow' end as source
    from models
    left join {{ ref('int_models__declared') }} as declared
        on models.moment_at = declared.moment_at and models.model_id = declared.model_id
)

select
    models.moment_at,
    models.moment_date,
    models.model_id,
    models.instance,
    models.model_name,
    models.description,
    models.aliases,
    models.tags,
    models.created_at,
    owners.owner,
    (
        select max(accounts.person_id)
        from {{ ref('int_accounts__identified') }} as accounts
        where accounts.source = owners.source and accounts.account = owners.owner
    ) as owner_person_id,
    coalesce(tagged.initiative_id, declared_initiatives.initiative_id) as initiative_id,
    case
        when tagged.initiative_id is not null then 'tag hub.initiative'
        when declared_initiatives.initiative_id is not null then 'models tab'
    end as initiative_method,
    champions.version as champion_version,
    -- Promoted and not yet stripped of the challenger's alias: it challenges nobody.
    nullif(challengers.version, champions.version) as challenger_version,
    latest.version as latest_version,
    coalesce(latest.version_count, 0) as version_count,
    coalesce(declared.purpose, nullif(trim(models.tags['hub.purpose']), '')) as declared_purpose,
    coalesce(declared_purpose, models.description) as purpose,
    coalesce(declared.risk_tier, nullif(trim(models.tags['hub.risk_tier']), '')) as risk_tier,
    try_cast(models.tags['hub.last_review'] as date) as last_review_date,
    coalesce(declared.next_review_date, try_cast(models.tags['hub.next_review'] as date)) as next_review_date,
    declared.sheet_row,
    coalesce(
        try_cast(models.tags['hub.staleness_days'] as double), declared.staleness_days, {{ threshold('staleness_days') }}
    ) as staleness_limit_days
from models
left join owners on models.moment_at = owners.moment_at and models.model_id = owners.model_id
left join {{ ref('int_models__declared') }} as declared
    on models.moment_at = declared.moment_at and models.model_id = declared.model_id
left join {{ ref('int_initiatives__referenced') }} as tagged
    on {{ normalised("models.tags['hub.initiative']") }} = tagged.reference and models.moment_at = tagged.moment_at
left join {{ ref('int_initiatives__referenced') }} as declared_initiatives
    on {{ normalised('declared.initiative') }} = declared_initiatives.reference and models.moment_at = declared_initiatives.moment_at
left join roles as champions
    on models.moment_at = champions.moment_at and models.model_id = champions.model_id and champions.role = 'champion'
left join roles as challengers
    on models.moment_at = challengers.moment_at and models.model_id = challengers.model_id and challengers.role = 'challenger'
left join latest on models.moment_at = latest.moment_at and models.model_id = latest.model_id
