-- One row per repository and initiative of the roadmap that names it, with or without its owner.
with named as (
    select distinct
        coalesce(initiative_id, initiative_name) as initiative_id,
        lower(trim(unnest(repositories))) as name
    from {{ ref('stg_sheets__roadmap') }}
    where is_in_force
)

select distinct
    repositories.repository_id,
    named.initiative_id
from named
inner join {{ ref('stg_github__repositories') }} as repositories
    on named.name in (lower(repositories.repository), lower(split_part(repositories.repository, '/', 2)))
where named.initiative_id is not null
