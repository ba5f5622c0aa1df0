-- One row per way from money to a model: each hop with how it is known, and the first one that is missing.
with ways as (
    select
        *,
        -- Seen from where the way was begun, towards the money.
        case way
            when 'version'
                then
                    case
                        when mlflow_run_id is null then 'run'
                        when pull_request_id is null then 'pull_request'
                        when issue_id is null then 'issue'
                        when not has_mapped_issue then 'initiative'
                        when budget_line_ids is null then 'budget_line'
                    end
            when 'pull request'
                then
                    case
                        when issue_id is null then 'issue'
                        when not has_mapped_issue then 'initiative'
                        when budget_line_ids is null then 'budget_line'
                    end
            when 'issue' then case when not has_mapped_issue then 'initiative' else 'pull_request' end
            when 'initiative' then 'issue'
            when 'budget line' then 'initiative'
        end as broken_at
    from {{ ref('int_chains__followed') }}
),

hops as (
    select
        ways.*,
        list_filter(
            [
                {
                    'hop': 'budget_line',
                    'method': case when ways.budget_line_ids is not null then ways.budget_method end,
                    'confidence': budget.confidence
                },
                { 'hop': 'initiative', 'method': ways.initiative_method, 'confidence': initiative.confidence },
                { 'hop': 'issue', 'method': ways.issue_method, 'confidence': coalesce(issue.confidence, ways.issue_confidence) },
                { 'hop': 'pull_request', 'method': ways.commit_method, 'confidence': pull_request.confidence },
                {
                    'hop': 'run',
                    'method': case when ways.model_version_id is not null and ways.mlflow_run_id is not null then 'registry' end,
                    'confidence': run.confidence
                }
            ],
            lambda item: item['method'] is not null
        ) as hop_methods
    from ways
    left join {{ ref('chain_methods') }} as budget on budget.hop = 'budget_line' and ways.budget_method = budget.method
    left join {{ ref('chain_methods') }} as initiative on initiative.hop = 'initiative' and ways.initiative_method = initiative.method
    left join {{ ref('chain_methods') }} as issue on issue.hop = 'issue' and ways.issue_method = issue.method
    left join {{ ref('chain_methods') }} as pull_request on pull_request.hop = 'pull_request' and ways.commit_method = pull_request.method
    left join {{ ref('chain_methods') }} as run on run.hop = 'run' and run.method = 'registry'
)

select
    concat_ws(
        ' > ',
        coalesce(hops.initiative_id, case when hops.way = 'budget line' then hops.budget_line_ids[1] end, '?'),
        coalesce(hops.issue_id, '?'),
        coalesce(hops.pull_request_id, '?'),
        coalesce(hops.model_version_id, hops.mlflow_run_id, '?')
    ) as chain_id,
    hops.initiative_id,
    coalesce(hops.budget_line_ids, []) as budget_line_ids,
    hops.issue_id,
    hops.pull_request_id,
    hops.mlflow_run_id,
    hops.model_version_id,
    hops.run_count,
    case
        when hops.model_version_id is not null then 'model_version'
        when hops.mlflow_run_id is not null then 'run'
        when hops.pull_request_id is not null then 'pull_request'
        when hops.issue_id is not null then 'issue'
        when hops.initiative_id is not null then 'initiative'
        else 'budget_line'
    end as reaches,
    hops.hop_methods,
    -- All hops must be right for the chain to be.
    case when len(hops.hop_methods) > 0 then list_product(list_transform(hops.hop_methods, lambda item: item['confidence'])) end
        as confidence,
    hops.broken_at,
    chain_hops.remedy
from hops
left join {{ ref('chain_hops') }} as chain_hops on hops.broken_at = chain_hops.hop
