-- One row per model and metric of which people have said which way is better: the models tab, else a tag hub.metric.<name>.
with from_tab as (
    select
        models.model_id,
        tab.objective_metric as metric,
        lower(tab.direction) as direction,
        tab.target_value,
        tab.tolerance,
        true as is_objective
    from {{ ref('stg_sheets__models') }} as tab
    inner join {{ ref('stg_mlflow__registered_models') }} as models
        on lower(tab.model) = lower(models.model_name) and models.is_live
    where tab.is_in_force and tab.objective_metric is not null
    qualify row_number() over (partition by models.model_id, tab.objective_metric order by tab.row_number) = 1
),

from_tags as (
    select
        model_id,
        substr(tag.key, length('hub.metric.') + 1) as metric,
        lower(trim(tag.value)) as direction
    from (select
        model_id,
        unnest(map_entries(tags)) as tag
    from {{ ref('stg_mlflow__registered_models') }} where is_live)
    where starts_with(tag.key, 'hub.metric.')
)

select
    coalesce(from_tab.model_id, from_tags.model_id) as model_id,
    coalesce(from_tab.metric, from_tags.metric) as metric,
    case
        when coalesce(from_tab.direction, from_tags.direction) in ('higher', 'maximise', 'maximize', 'max', 'up') then 1
        when coalesce(from_tab.direction, from_tags.direction) in ('lower', 'minimise', 'minimize', 'min', 'down') then -1
    end as direction,
    coalesce(from_tab.target_value, try_cast(models.tags['hub.target.' || coalesce(from_tab.metric, from_tags.metric)] as double))
        as target_value,
    from_tab.tolerance,
    coalesce(from_tab.is_objective, false) as is_objective
from from_tab
full join from_tags on from_tab.model_id = from_tags.model_id and from_tab.metric = from_tags.metric
inner join {{ ref('stg_mlflow__registered_models') }} as models
    on coalesce(from_tab.model_id, from_tags.model_id) = models.model_id and models.is_live
