-- One row per live version of a registered model and data set its run logged, beside what the champion of the model was trained on.
-- A challenger that left out a data set of the champion has a row for that too.
with versions as (
    select
        versions.model_version_id,
        versions.model_id,
        versions.version,
        case
            when versions.version = models.champion_version then 'champion'
            when versions.version = models.challenger_version then 'challenger'
        end as role,
        models.champion_version,
        versions.datasets
    from {{ ref('int_model_versions__traced') }} as versions
    inner join {{ ref('int_models__described') }} as models on versions.model_id = models.model_id
),

logged as (
    select
        * exclude (datasets),
        unnest(datasets) as logged_set
    from versions
),

used as (
    select distinct
        model_version_id,
        model_id,
        version,
        role,
        champion_version,
        logged_set['name'] as data_set,
        logged_set['digest'] as digest
    from logged
    where logged_set['name'] is not null
),

of_champions as (
    select
        model_id,
        data_set,
        list(digest order by digest) as digests
    from used
    where role = 'champion'
    group by model_id, data_set
),

left_out as (
    select
        versions.model_version_id,
        versions.model_id,
        versions.version,
        versions.role,
        versions.champion_version,
        of_champions.data_set,
        unnest(of_champions.digests) as digest
    from versions
    inner join of_champions on versions.model_id = of_champions.model_id
    anti join used on versions.model_version_id = used.model_version_id and of_champions.data_set = used.data_set
    where versions.role = 'challenger'
),

sharing as (
    select
        digest,
        list(distinct model_id order by model_id) as model_ids
    from used
    where digest is not null and role is not null
    group by digest
    having count(distinct model_id) > 1
)

select
    used.model_version_id,
    used.data_set,
    used.digest,
    used.model_id,
    used.version,
    used.role,
    of_champions.digests as champion_digests,
    case
        when used.champion_version is null or used.role = 'champion' then null
        when of_champions.digests is null then 'new'
        when used.digest is null then 'unknown'
        when list_contains(of_champions.digests, used.digest) then 'same'
        else 'changed'
    end as comparison,
    coalesce(list_filter(sharing.model_ids, lambda id: id <> used.model_id), []) as shared_model_ids
from used
left join of_champions on used.model_id = of_champions.model_id and used.data_set = of_champions.data_set
left join sharing on used.digest = sharing.digest
union all
select
    left_out.model_version_id,
    left_out.data_set,
    left_out.digest,
    left_out.model_id,
    left_out.version,
    left_out.role,
    [left_out.digest] as champion_digests,
    'left out' as comparison,
    [] as shared_model_ids
from left_out
