-- One row per live registered model, for auditors.
with used as (
    select
        versions.model_id,
        versions.version,
        versions.datasets
    from {{ ref('int_model_versions__traced') }} as versions
)

select
    models.model_id,
    models.model_name as name,
    models.purpose,
    models.owner_person_id,
    models.initiative_id,
    models.risk_tier,
    coalesce(models.champion_version, models.latest_version) as version,
    list_transform(
        coalesce(used.datasets, []), lambda item: concat_ws(' ', item['name'], item['digest'])
    ) as training_data,
    case
        when gates.required_count is null then 'unknown'
        when gates.failed_count > 0 then 'failed'
        when gates.unknown_count > 0 then 'incomplete'
        when gates.waived_count > 0 then 'passed with waivers'
        else 'passed'
    end as validation_status,
    models.last_review_date,
    models.next_review_date,
    coalesce(models.next_review_date < {{ local_date(as_of()) }}, false) as is_review_overdue
from {{ ref('int_models__described') }} as models
left join used on models.model_id = used.model_id and used.version = coalesce(models.champion_version, models.latest_version)
left join {{ ref('int_release_gates__summed') }} as gates
    on
        gates.moment_at = {{ as_of() }}
        and models.model_id = gates.model_id
        and gates.version = coalesce(models.champion_version, models.latest_version)
