-- One row per moment, model and metric of which people had said which way is better: the models tab, else a tag hub.metric.<name>.
with from_tab as (
    select
        models.moment_at,
        models.model_id,
        tab.objective_metric as metric,
        lower(tab.direction) as direction,
        tab.target_value,
        tab.tolerance,
        true as is_objective
    from {{ ref('stg_sheets__models') }} as tab
    inner join {{ ref('int_models__at_moments') }} as models
        on lower(tab.model) = lower(models.model_name) and {{ in_force_at('tab', 'models.moment_at') }}
    where tab.objective_metric is not null
    qualify row_number() over (partition by models.moment_at, models.model_id, tab.objective_metric order by tab.row_number) = 1
),

from_tags as (
    select
        moment_at,
        model_id,
        substr(tag.key, length('hub.metric.') + 1) as metric,
        lower(trim(tag.value)) as direction
    from (select
        moment_at,
        model_id,
        unnest(map_entries(tags)) as tag
    from {{ ref('int_models__at_moments') }})
    where starts_with(tag.key, 'hub.metric.')
)

select
    coalesce(from_tab.moment_at, from_tags.moment_at) as moment_at,
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
full join from_tags
    on
        from_tab.moment_at = from_tags.moment_at
        and from_tab.model_id = from_tags.model_id
        and from_tab.metric = from_tags.metric
inner join {{ ref('int_models__at_moments') }} as models
    on
        coalesce(from_tab.moment_at, from_tags.moment_at) = models.moment_at
        and coalesce(from_tab.model_id, from_tags.model_id) = models.model_id
