-- One row per live model version and release gate, with the evidence found and the waiver in force.
with versions as (
    select
        versions.model_version_id,
        versions.model_id,
        versions.version,
        versions.instance,
        models.model_name,
        models.owner_person_id,
        versions.metrics,
        -- The version's own tag goes before its model's.
        map_concat(models.tags, versions.tags) as tags
    from {{ ref('int_model_versions__traced') }} as versions
    inner join {{ ref('int_models__described') }} as models on versions.model_id = models.model_id
),

evidence as (
    select
        versions.model_version_id,
        versions.model_id,
        versions.version,
        versions.model_name,
        gates.gate,
        gates.is_required,
        gates.framework_reference,
        gates.remedy,
        nullif(trim(versions.tags[gates.tag]), '') as tag_value,
        gates.tag,
        gates.is_owner_gate,
        gates.passing,
        gates.failing,
        versions.owner_person_id,
        list_filter(
            map_keys(versions.metrics), lambda name: regexp_matches(name, coalesce(nullif(gates.metric_pattern, ''), '^$'))
        ) as metric_names,
        issues.issue_id,
        issues.issue_key,
        issues.done_at is not null and issues.is_delivered as is_issue_done
    from versions
    cross join {{ ref('gate_rules') }} as gates
    left join {{ ref('issues') }} as issues
        on lower(trim(versions.tags[gates.tag || '_issue'])) = lower(issues.issue_key) and issues.deleted_at is null
),

found as (
    select
        *,
        case
            when is_owner_gate then case when owner_person_id is not null then 'passed' else 'unknown' end
            when regexp_matches(tag_value, nullif(failing, ''), 'i') then 'failed'
            when regexp_matches(tag_value, passing, 'i') then 'passed'
            when is_issue_done then 'passed'
            when len(metric_names) > 0 then 'passed'
            else 'unknown'
        end as found_status,
        case
            when is_owner_gate then 'owner ' || owner_person_id
            when tag_value is not null then 'tag ' || tag || ' = ' || tag_value
            when issue_key is not null then 'issue ' || issue_key || case when is_issue_done then ', done' else ', open' end
            when len(metric_names) > 0 then 'metrics ' || array_to_string(list_sort(metric_names), ', ')
        end as evidence
    from evidence
),

waivers as (
    select
        lower(model) as model_name,
        {{ normalised('gate') }} as gate,
        arg_max(reason, until_date) as reason,
        max(until_date) as until_date
    from {{ ref('stg_sheets__waivers') }}
    where is_in_force and model is not null and gate is not null and until_date is not null
    group by lower(model), {{ normalised('gate') }}
)

select
    found.model_version_id,
    found.model_id,
    found.version,
    found.gate,
    found.framework_reference,
    found.is_required,
    found.evidence,
    case
        when found.found_status = 'passed' then 'passed'
        when waivers.until_date >= {{ local_date(as_of()) }} then 'waived'
        when waivers.until_date < {{ local_date(as_of()) }} then 'failed'
        else found.found_status
    end as status,
    waivers.reason as waiver_reason,
    waivers.until_date as waiver_until_date,
    case when found.found_status <> 'passed' then found.remedy end as remedy
from found
left join waivers
    on lower(found.model_name) = waivers.model_name and {{ normalised('found.gate') }} = waivers.gate
