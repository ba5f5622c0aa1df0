-- One row per experiment, day with traces and assessment given on that day's traces; one without where none was given.
with days as (
    select
        days.*,
        experiments.experiment_name,
        models.model_id
    from {{ ref('stg_mlflow__trace_days') }} as days
    left join {{ ref('stg_mlflow__experiments') }} as experiments on days.experiment_id = experiments.experiment_id
    left join {{ ref('int_models__described') }} as models
        on lower(experiments.tags['hub.model']) = lower(models.model_name) and days.instance = models.instance
    where days.day_date <= cast({{ as_of() }} as date)
),

graded as (
    select
        trace_day_id,
        unnest(assessments) as grade
    from days
)

select
    days.experiment_id as subject,
    days.day_date,
    graded.grade.name as assessment,
    days.experiment_name as subject_name,
    days.instance,
    days.model_id,
    days.trace_count,
    days.unfinished_count,
    days.error_count / nullif(days.trace_count - days.unfinished_count, 0) as error_share,
    days.latency_p50_ms,
    days.latency_p95_ms,
    graded.grade.scored_count as assessment_count,
    graded.grade.mean as assessment_mean
from days
left join graded on days.trace_day_id = graded.trace_day_id
