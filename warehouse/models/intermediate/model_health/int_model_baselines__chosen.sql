-- One row per moment and champion or challenger of it: the version it is measured against.
-- The challenger against the champion; the champion against the version a tag names, else the one that was champion before it.
with models as (
    select * from {{ ref('int_models__at_moments') }}
),

former as (
    select
        models.moment_at,
        models.model_id,
        arg_max(history.version, history.seen_at) as version
    from {{ ref('int_model_roles__spanned') }} as history
    inner join models on history.model_id = models.model_id
    where
        history.role = 'champion'
        and history.to_at <= models.moment_at
        and history.version is distinct from models.champion_version
    group by models.moment_at, models.model_id
),

tagged as (
    select
        versions.moment_at,
        versions.model_id,
        versions.version,
        coalesce(versions.tags['hub.baseline_version'], models.tags['hub.baseline_version']) as baseline_version
    from {{ ref('int_model_versions__at_moments') }} as versions
    inner join models on versions.moment_at = models.moment_at and versions.model_id = models.model_id
),

pairs as (
    select
        models.moment_at,
        models.model_id,
        models.champion_version as version,
        'champion' as role,
        coalesce(tagged.baseline_version, former.version) as baseline_version
    from models
    left join former on models.moment_at = former.moment_at and models.model_id = former.model_id
    left join tagged
        on
            models.moment_at = tagged.moment_at
            and models.model_id = tagged.model_id
            and models.champion_version = tagged.version
    union all
    select
        models.moment_at,
        models.model_id,
        models.challenger_version as version,
        'challenger' as role,
        coalesce(models.champion_version, tagged.baseline_version) as baseline_version
    from models
    left join tagged
        on
            models.moment_at = tagged.moment_at
            and models.model_id = tagged.model_id
            and models.challenger_version = tagged.version
)

select
    moment_at,
    model_id,
    version,
    role,
    case when baseline_version <> version then baseline_version end as baseline_version
from pairs
where version is not null
-- A version that is both is the champion.
qualify row_number() over (partition by moment_at, model_id, version order by role = 'champion' desc) = 1
