-- One row per way from money to a model as far as the sources tell it: budget lines, initiative, issue, pull request, run, version.
-- A version is followed back to the money. Other work is followed from its issue or pull request on, as far as it went.
with budgets as (
    select
        initiative_id,
        list(distinct budget_line_id order by budget_line_id) as budget_line_ids,
        case
            when bool_and({{ normalised('initiative_as_given') }} = {{ normalised('initiative_id') }}) then 'id' else 'name'
        end as method
    from {{ ref('int_budget_lines__converted') }}
    where is_in_force and initiative_id is not null and budget_line_id is not null
    group by initiative_id
),

links as (
    select
        pull_request_id,
        issue_id,
        evidence,
        confidence
    from {{ ref('pull_request_issues') }}
    where issue_id in (select issues.issue_id from {{ ref('issues') }} as issues where issues.deleted_at is null)
),

versions as (
    select
        traced.model_version_id,
        -- Behind a version whose run is gone or deleted there is nothing to look at.
        case when traced.has_run and not traced.is_run_deleted then traced.mlflow_run_id end as mlflow_run_id,
        linked.pull_request_id,
        linked.commit_method,
        linked.issue_id,
        case when linked.issue_method = 'tag hub.issue' then linked.issue_method else links.evidence end as issue_method,
        links.confidence as issue_confidence,
        models.initiative_id as model_initiative_id,
        models.initiative_method as model_initiative_method
    from {{ ref('int_model_versions__traced') }} as traced
    left join {{ ref('int_model_versions__linked') }} as linked on traced.model_version_id = linked.model_version_id
    left join links on linked.pull_request_id = links.pull_request_id and linked.issue_id = links.issue_id
    left join {{ ref('int_models__described') }} as models on traced.model_id = models.model_id
),

runs as (
    -- Runs of a pull request's commits that led to no version: the newest stands for them.
    select
        commits.pull_request_id,
        commits.method as commit_method,
        count(*) as run_count,
        arg_max(runs.mlflow_run_id, (runs.started_at, runs.mlflow_run_id)) as mlflow_run_id
    from {{ ref('mlflow_runs') }} as runs
    inner join {{ ref('int_commits__in_pull_requests') }} as commits on runs.git_commit = commits.sha
    where not runs.is_deleted
    group by commits.pull_request_id, commits.method
    qualify row_number() over (partition by commits.pull_request_id order by max(runs.started_at) desc, commits.method asc) = 1
),

pulls as (
    select
        pull_request_id,
        merged_at
    from {{ ref('pull_requests') }}
    where merged_at is not null and not is_bot and deleted_at is null
),

merged as (
    select distinct links.issue_id
    from links
    inner join pulls on links.pull_request_id = pulls.pull_request_id
),

work as (
    select
        issue_id,
        is_finished
    from {{ ref('issues') }}
    where is_work_item and deleted_at is null
),

ways as (
    select
        'version' as way,
        model_version_id,
        mlflow_run_id,
        pull_request_id,
        commit_method,
        issue_id,
        issue_method,
        issue_confidence,
        model_initiative_id,
        model_initiative_method,
        cast(null as bigint) as run_count
    from versions
    union all
    -- Merged work that led to no version, with its issue.
    select
        'pull request' as way,
        null as model_version_id,
        runs.mlflow_run_id,
        pulls.pull_request_id,
        runs.commit_method,
        links.issue_id,
        links.evidence as issue_method,
        links.confidence as issue_confidence,
        null as model_initiative_id,
        null as model_initiative_method,
        runs.run_count
    from pulls
    left join links on pulls.pull_request_id = links.pull_request_id
    left join runs on pulls.pull_request_id = runs.pull_request_id
    left join versions
        on pulls.pull_request_id = versions.pull_request_id and links.issue_id is not distinct from versions.issue_id
    where versions.model_version_id is null
    union all
    -- Finished work that nothing was merged for.
    select
        'issue' as way,
        null as model_version_id,
        null as mlflow_run_id,
        null as pull_request_id,
        null as commit_method,
        work.issue_id,
        null as issue_method,
        null as issue_confidence,
        null as model_initiative_id,
        null as model_initiative_method,
        null as run_count
    from work
    left join merged on work.issue_id = merged.issue_id
    left join versions on work.issue_id = versions.issue_id
    where work.is_finished and merged.issue_id is null and versions.issue_id is null
    union all
    -- An initiative that nobody has work for.
    select
        'initiative' as way,
        null as model_version_id,
        null as mlflow_run_id,
        null as pull_request_id,
        null as commit_method,
        null as issue_id,
        null as issue_method,
        null as issue_confidence,
        initiative_id as model_initiative_id,
        null as model_initiative_method,
        null as run_count
    from {{ ref('int_initiatives__gathered') }}
    where initiative_id not in (select mapped.initiative_id from {{ ref('int_issues__linked_to_initiatives') }} as mapped)
)

select
    ways.way,
    ways.model_version_id,
    ways.mlflow_run_id,
    coalesce(ways.run_count, case when ways.mlflow_run_id is not null then 1 else 0 end) as run_count,
    ways.pull_request_id,
    ways.commit_method,
    ways.issue_id,
    ways.issue_method,
    ways.issue_confidence,
    linked.initiative_id is not null as has_mapped_issue,
    coalesce(linked.initiative_id, ways.model_initiative_id) as initiative_id,
    coalesce(linked.method, ways.model_initiative_method) as initiative_method,
    budgets.budget_line_ids,
    budgets.method as budget_method
from ways
left join {{ ref('int_issues__linked_to_initiatives') }} as linked on ways.issue_id = linked.issue_id
left join budgets on coalesce(linked.initiative_id, ways.model_initiative_id) = budgets.initiative_id
union all
-- Money of no initiative.
select
    'budget line' as way,
    null as model_version_id,
    null as mlflow_run_id,
    0 as run_count,
    null as pull_request_id,
    null as commit_method,
    null as issue_id,
    null as issue_method,
    null as issue_confidence,
    false as has_mapped_issue,
    null as initiative_id,
    null as initiative_method,
    list(distinct budget_line_id order by budget_line_id) as budget_line_ids,
    null as budget_method
from {{ ref('int_budget_lines__converted') }}
where is_in_force and initiative_id is null and budget_line_id is not null
group by budget_line_id
