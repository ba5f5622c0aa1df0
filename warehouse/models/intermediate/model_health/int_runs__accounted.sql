-- One row per run that was not deleted: the hours that it alone took, what they cost, and which earlier run it repeats.
with runs as (
    select
        runs.mlflow_run_id,
        runs.instance,
        runs.experiment_id,
        runs.parent_mlflow_run_id,
        runs.status,
        runs.git_commit,
        runs.source_name,
        runs.params,
        runs.metrics[experiments.objective_metric] as objective_value,
        list_sort(
            list_filter(list_transform(runs.datasets, lambda item: item['digest']), lambda digest: digest is not null)
        ) as digests,
        runs.started_at,
        runs.ended_at,
        {{ span_hours('runs.started_at', 'runs.ended_at') }} as duration_hours,
        experiments.cost_per_hour_amount
    from {{ ref('stg_mlflow__runs') }} as runs
    inner join {{ ref('int_experiments__described') }} as experiments on runs.experiment_id = experiments.experiment_id
    where not runs.is_deleted
),

nested as (
    -- What of the children's time lies within the parent's; a child that runs still has none.
    select
        parents.mlflow_run_id,
        count(*) as child_count,
        sum(
            greatest(
                0,
                {{ hours_between('greatest(parents.started_at, children.started_at)', 'least(parents.ended_at, children.ended_at)') }}
            )
        ) filter (where children.duration_hours is not null) as child_hours
    from runs as children
    inner join runs as parents on children.parent_mlflow_run_id = parents.mlflow_run_id
    group by parents.mlflow_run_id
),

repeatable as (
    -- Only a run with commit, data and parameters can be said to repeat another; a parent repeats nothing, its children may.
    select
        runs.mlflow_run_id,
        row_number() over same_work as attempt,
        first_value(runs.mlflow_run_id) over same_work as first_mlflow_run_id
    from runs
    anti join nested on runs.mlflow_run_id = nested.mlflow_run_id
    where runs.status = 'FINISHED' and runs.git_commit is not null and len(runs.digests) > 0 and cardinality(runs.params) > 0
    window same_work as (
        partition by
            runs.instance,
            -- The lists as one short text: they are sorted, and a text is faster to compare.
            md5(concat_ws(' ', runs.git_commit, runs.source_name, to_json(runs.digests), to_json(list_sort(map_entries(runs.params)))))
        order by runs.started_at, runs.mlflow_run_id
    )
)

select
    runs.mlflow_run_id,
    runs.experiment_id,
    runs.status,
    runs.git_commit,
    runs.objective_value,
    runs.parent_mlflow_run_id is not null as is_nested,
    coalesce(nested.child_count, 0) as child_count,
    runs.duration_hours,
    -- A parent's hours contain its children's: what they took is counted with them.
    case
        when runs.duration_hours is not null then greatest(0, runs.duration_hours - coalesce(nested.child_hours, 0))
    end as own_hours,
    own_hours * runs.cost_per_hour_amount as own_cost_amount,
    case when repeatable.attempt > 1 then repeatable.first_mlflow_run_id end as repeated_mlflow_run_id,
    runs.started_at,
    runs.ended_at
from runs
left join nested on runs.mlflow_run_id = nested.mlflow_run_id
left join repeatable on runs.mlflow_run_id = repeatable.mlflow_run_id
