-- One row per initiative (null: the program) and dimension with an override that has not run out.
select
    referenced.initiative_id,
    coalesce(lower(tab.dimension), 'overall') as dimension,
    lower(tab.status) as status,
    tab.reason,
    tab.until_date
from {{ ref('stg_sheets__overrides') }} as tab
left join {{ ref('int_initiatives__referenced') }} as referenced
    on {{ normalised('tab.initiative') }} = referenced.reference and referenced.moment_at = {{ as_of() }}
where
    tab.is_in_force
    and tab.until_date >= {{ local_date(as_of()) }}
    -- A name that no initiative has must not colour the program.
    and (
        referenced.initiative_id is not null or coalesce({{ normalised('tab.initiative') }}, 'program') in ('program', 'the program', 'all')
    )
qualify row_number() over (
    partition by referenced.initiative_id, coalesce(lower(tab.dimension), 'overall') order by tab.until_date desc, tab.row_number asc
) = 1
