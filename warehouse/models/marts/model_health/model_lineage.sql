-- One row per live version of a registered model and hop of its chain: run, commit, pull request, issue, initiative.
with chains as (
    select
        versions.model_version_id,
        versions.model_id,
        versions.version,
        versions.is_run_deleted,
        case when versions.has_run then versions.mlflow_run_id end as run_id,
        versions.git_commit,
        versions.commit_method,
        links.pull_request_id,
        links.issue_id,
        links.issue_method,
        coalesce(issues.initiative_id, models.initiative_id) as initiative_id,
        case when issues.initiative_id is not null then 'mapping of the issue' else models.initiative_method end as initiative_method
    from {{ ref('int_model_versions__traced') }} as versions
    inner join {{ ref('int_models__described') }} as models on versions.model_id = models.model_id
    left join {{ ref('int_model_versions__linked') }} as links on versions.model_version_id = links.model_version_id
    left join {{ ref('issues') }} as issues on links.issue_id = issues.issue_id and issues.deleted_at is null
),

hops as (
    select
        model_version_id,
        model_id,
        version,
        unnest([
            { 'hop': 'run', 'id': run_id, 'method': 'registry', 'is_gone': is_run_deleted },
            { 'hop': 'commit', 'id': git_commit, 'method': commit_method, 'is_gone': false },
            { 'hop': 'pull_request', 'id': pull_request_id, 'method': 'commit', 'is_gone': false },
            { 'hop': 'issue', 'id': issue_id, 'method': issue_method, 'is_gone': false },
            { 'hop': 'initiative', 'id': initiative_id, 'method': initiative_method, 'is_gone': false }
        ]) as hop
    from chains
),

stated as (
    select
        hops.model_version_id,
        hops.model_id,
        hops.version,
        hop.hop,
        hop.id as record_id,
        case when hop.id is not null then hop.method end as method,
        case when hop.is_gone then 'deleted' when hop.id is null then 'missing' else 'known' end as state
    from hops
)

select
    stated.model_version_id,
    stated.hop,
    ranks.hop_rank,
    stated.model_id,
    stated.version,
    stated.record_id,
    stated.method,
    stated.state,
    stated.state <> 'known' as is_broken,
    remedies.remedy
from stated
inner join (
    select distinct
        hop,
        hop_rank
    from {{ ref('lineage_hops') }}
) as ranks on stated.hop = ranks.hop
left join {{ ref('lineage_hops') }} as remedies on stated.hop = remedies.hop and stated.state = remedies.state
