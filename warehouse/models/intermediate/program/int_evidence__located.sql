-- One row per thing that a status can name as evidence: what it is, where people open it, and the rows of the evidence chain through it.
with chains as (
    select
        issue_id,
        model_version_id,
        chain_id
    from {{ ref('evidence_chain') }}
),

listed as (
    select
        risk_id as evidence,
        'risk' as kind,
        tab_title,
        row_number
    from {{ ref('stg_sheets__risks') }}
    where is_in_force
    union all
    select
        coalesce(milestone_id, initiative_id || ' / ' || milestone_name) as evidence,
        'milestone' as kind,
        tab_title,
        row_number
    from {{ ref('stg_sheets__roadmap') }}
    where is_in_force and milestone_name is not null
),

located as (
    select
        issues.issue_key as evidence,
        'issue' as kind,
        {{ address('jira', 'issues.issue_id', "'/browse/' || issues.issue_key") }} as url,
        list(chains.chain_id order by chains.chain_id) filter (where chains.chain_id is not null) as chain_ids
    from {{ ref('issues') }} as issues
    left join chains on issues.issue_id = chains.issue_id
    where issues.initiative_id is not null
    group by issues.issue_id, issues.issue_key
    union all by name
    select
        models.model_id as evidence,
        'model' as kind,
        {{ address('mlflow', 'models.model_id', "'/#/models/' || url_encode(models.model_name)") }} as url
    from {{ ref('int_models__described') }} as models
    union all by name
    select
        versions.model_version_id as evidence,
        'model_version' as kind,
        {{ address(
            'mlflow', 'versions.model_id', "'/#/models/' || url_encode(models.model_name) || '/versions/' || versions.version"
        ) }} as url,
        list(chains.chain_id order by chains.chain_id) filter (where chains.chain_id is not null) as chain_ids
    from {{ ref('int_model_versions__traced') }} as versions
    inner join {{ ref('int_models__described') }} as models on versions.model_id = models.model_id
    left join chains on versions.model_version_id = chains.model_version_id
    group by versions.model_version_id, versions.model_id, versions.version, models.model_name
    union all by name
    select
        evidence,
        kind,
        tab_title || ' row ' || row_number as place
    from listed
    union all by name
    select
        initiative_id as evidence,
        'initiative' as kind
    from {{ ref('int_initiatives__gathered') }}
    union all by name
    select
        person_id as evidence,
        'person' as kind
    from {{ ref('int_people__gathered') }}
)

select
    evidence,
    kind,
    url,
    place,
    coalesce(chain_ids, []) as chain_ids
from located
where evidence is not null
-- Two sites may have an issue of the same key, two rows the same id.
qualify row_number() over (partition by evidence order by kind, url, place) = 1
