-- One row per moment, version of it, release gate and metric that the gate reads, with the bounds the value must lie within.
-- A challenger that did not log what its champion logged has a row without a value: a slice left out is no slice passed.
with versions as (
    select
        versions.moment_at,
        versions.model_version_id,
        versions.model_id,
        versions.metrics,
        champions.metrics as champion_metrics,
        -- The version's own tag goes before its model's.
        map_concat(models.tags, versions.tags) as tags
    from {{ ref('int_model_versions__at_moments') }} as versions
    inner join {{ ref('int_models__at_moments') }} as models
        on versions.moment_at = models.moment_at and versions.model_id = models.model_id
    left join {{ ref('int_model_versions__at_moments') }} as champions
        on
            models.moment_at = champions.moment_at
            and models.model_id = champions.model_id
            and models.champion_version = champions.version
            and versions.version = models.challenger_version
),

logged as (
    select
        moment_at,
        model_version_id,
        model_id,
        tags,
        metrics,
        unnest(list_distinct(list_concat(coalesce(map_keys(metrics), []), coalesce(map_keys(champion_metrics), [])))) as metric
    from versions
),

names as (
    select distinct metric
    from logged
),

watched as (
    select
        names.metric,
        patterns.gate,
        coalesce(nullif(regexp_extract(names.metric, patterns.expression, 1), ''), names.metric) as slice,
        patterns.minimum,
        patterns.maximum
    from names
    inner join {{ ref('gate_metrics') }} as patterns on regexp_matches(names.metric, patterns.expression)
    qualify row_number() over (partition by names.metric, patterns.gate order by patterns.preference, patterns.expression) = 1
),

tagged as (
    select
        logged.moment_at,
        logged.model_version_id,
        logged.model_id,
        watched.gate,
        logged.metric,
        watched.slice,
        logged.metrics[logged.metric] as value,
        map_contains(logged.metrics, logged.metric) as is_logged,
        watched.minimum,
        watched.maximum,
        case
            when map_contains(logged.tags, 'hub.bounds.' || logged.metric) then 'hub.bounds.' || logged.metric
            when map_contains(logged.tags, 'hub.bounds.' || watched.gate) then 'hub.bounds.' || watched.gate
        end as bounds_tag,
        string_split(logged.tags[bounds_tag], '..') as tag_bounds
    from logged
    inner join watched on logged.metric = watched.metric
),

bounded as (
    select
        * exclude (minimum, maximum),
        case when bounds_tag is null then minimum else try_cast(tag_bounds[1] as double) end as minimum,
        case when bounds_tag is null then maximum else try_cast(tag_bounds[2] as double) end as maximum
    from tagged
)

select
    moment_at,
    model_version_id,
    model_id,
    gate,
    metric,
    slice,
    value,
    minimum,
    maximum,
    coalesce('tag ' || bounds_tag, 'seed gate_metrics') as bounds_source,
    case
        when value is null or coalesce(minimum, maximum) is null then 'unknown'
        when value < minimum or value > maximum then 'failed'
        else 'passed'
    end as status,
    case
        when is_logged is not true then metric || ' was not measured, though it was for the champion'
        when value is null then metric || ' is not a number'
        when coalesce(minimum, maximum) is null then metric || ' has no bounds that can be read'
        else
            metric || printf(' %.4g', value) || case when value < minimum or value > maximum then ' outside ' else ' within ' end
            || coalesce(printf('%.4g', minimum), '') || '..' || coalesce(printf('%.4g', maximum), '')
    end as finding
from bounded
