-- One row per moment and initiative of today that was on the roadmap then; before the first look at a roadmap, of all of today's.
with roadmap as (
    select
        coalesce(initiative_id, initiative_name) as initiative_id,
        row_key,
        valid_from,
        valid_to,
        deleted_at
    from {{ ref('stg_sheets__roadmap') }}
    where coalesce(initiative_id, initiative_name) is not null
)

select
    moments.moment_at,
    moments.week_date,
    moments.moment_date,
    moments.month_date,
    moments.basis,
    coalesce(moments.moment_at < (select min(roadmap.valid_from) from roadmap), false) as is_before_first_look,
    initiatives.initiative_id,
    initiatives.name
from {{ ref('int_moments') }} as moments
cross join {{ ref('int_initiatives__gathered') }} as initiatives
where
    moments.moment_at = {{ as_of() }}
    or not initiatives.is_on_roadmap
    or coalesce(moments.moment_at < (select min(roadmap.valid_from) from roadmap), true)
    or exists (
        select 1
        from roadmap
        where roadmap.initiative_id = initiatives.initiative_id and {{ in_force_at('roadmap', 'moments.moment_at') }}
    )
