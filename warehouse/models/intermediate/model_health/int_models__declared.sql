-- One row per moment and registered model that the models tab named then: what people said of it.
with rows as (
    select
        moments.moment_at,
        models.model_id,
        tab.*
    from {{ ref('stg_sheets__models') }} as tab
    inner join {{ ref('int_moments') }} as moments on {{ in_force_at('tab', 'moments.moment_at') }}
    inner join {{ ref('stg_mlflow__registered_models') }} as models
        on lower(tab.model) = lower(models.model_name) and {{ valid_at('models', 'moments.moment_at') }}
)

select
    moment_at,
    model_id,
    first(initiative order by row_number) filter (where initiative is not null) as initiative,
    first(owner order by row_number) filter (where owner is not null) as owner,
    first(purpose order by row_number) filter (where purpose is not null) as purpose,
    first(risk_tier order by row_number) filter (where risk_tier is not null) as risk_tier,
    first(staleness_days order by row_number) filter (where staleness_days is not null) as staleness_days,
    min(next_review_date) as next_review_date,
    first(tab_title || ' row ' || row_number order by row_number) as sheet_row
from rows
group by moment_at, model_id
