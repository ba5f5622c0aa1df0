-- One row per live registered model, for auditors.
with used as (
    select
        versions.model_id,
        versions.version,
        versions.datasets
    from {{ ref('int_model_versions__traced') }} as versions
),

gates as (
    select
        model_id,
        version,
        count(*) filter (where is_required and status in ('passed', 'waived')) as passed_count,
        count(*) filter (where is_required) as required_count,
        bool_or(is_required and status = 'failed') as has_failed,
        bool_or(is_required and status = 'waived') as has_waived
    from {{ ref('int_release_gates__checked') }}
    group by model_id, version
)

select
    models.model_id,
    models.model_name as name,
    coalesce(models.purpose, nullif(models.tags['hub.purpose'], ''), models.description) as purpose,
    models.owner_person_id,
    models.initiative_id,
    coalesce(models.risk_tier, nullif(models.tags['hub.risk_tier'], '')) as risk_tier,
    coalesce(models.champion_version, models.latest_version) as version,
    list_transform(
        coalesce(used.datasets, []), lambda item: concat_ws(' ', item['name'], item['digest'])
    ) as training_data,
    case
        when gates.required_count is null then 'unknown'
        when gates.has_failed then 'failed'
        when gates.passed_count < gates.required_count then 'incomplete'
        when gates.has_waived then 'passed with waivers'
        else 'passed'
    end as validation_status,
    try_cast(models.tags['hub.last_review'] as date) as last_review_date,
    models.next_review_date,
    coalesce(models.next_review_date < {{ local_date(as_of()) }}, false) as is_review_overdue
from {{ ref('int_models__described') }} as models
left join used on models.model_id = used.model_id and used.version = coalesce(models.champion_version, models.latest_version)
left join gates on models.model_id = gates.model_id and gates.version = coalesce(models.champion_version, models.latest_version)
