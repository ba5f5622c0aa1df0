-- One row per live registered model.
select
    model_id,
    instance,
    model_name as name,
    owner_person_id,
    description,
    initiative_id,
    initiative_method,
    champion_version,
    challenger_version,
    latest_version,
    version_count,
    list_transform(list_sort(aliases), lambda item: item['alias'] || ' = ' || item['version']) as aliases,
    {{ tags_without_domains('tags') }} as tags,
    created_at
from {{ ref('int_models__described') }}
