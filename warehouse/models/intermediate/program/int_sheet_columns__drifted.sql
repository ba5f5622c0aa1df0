-- One row per tab and column that is not as it was when the tab first landed, or whose cells are no longer what they should be.
-- A new column is told only where it takes the place of one that is gone: others are people's own, as custom fields are.
with columns as (
    select
        *,
        min(first_seen_at) over (partition by instance, tab) as tab_first_seen_at,
        max(cell_count) over (partition by instance, tab) as row_count
    from {{ ref('stg_sheets__columns') }}
),

unknown as (
    select * from columns
    where not is_known and is_present and first_seen_at > tab_first_seen_at
),

missed as (
    select * from columns
    where is_known and row_count > 0 and (is_needed or cell_count = 0)
),

renamed as (
    select
        missed.instance,
        missed.tab,
        missed.column_name,
        missed.row_count,
        unknown.column_name as new_name,
        unknown.cell_count,
        unknown.newest_at
    from missed
    inner join unknown
        on
            missed.instance = unknown.instance and missed.tab = unknown.tab
            and {{ likeness('unknown.column_name', 'missed.column_name') }} >= {{ threshold('likeness_of_a_renamed_field') }}
    qualify
        row_number() over (
            partition by unknown.instance, unknown.tab, unknown.column_name
            order by {{ likeness('unknown.column_name', 'missed.column_name') }} desc, missed.column_name
        ) = 1
        and row_number() over (
            partition by missed.instance, missed.tab, missed.column_name
            order by {{ likeness('unknown.column_name', 'missed.column_name') }} desc, unknown.column_name
        ) = 1
)

select
    instance,
    tab,
    column_name,
    'renamed' as drift,
    column_name as expected,
    new_name as found,
    row_count as affected_count,
    row_count as looked_at_count,
    newest_at as seen_at
from renamed
union all
select
    missed.instance,
    missed.tab,
    missed.column_name,
    'missing' as drift,
    'a column ' || missed.column_name as expected,
    'nothing' as found,
    missed.row_count as affected_count,
    missed.row_count as looked_at_count,
    missed.newest_at
from missed
anti join renamed
    on missed.instance = renamed.instance and missed.tab = renamed.tab and missed.column_name = renamed.column_name
union all
select
    instance,
    tab,
    column_name,
    'retyped' as drift,
    expected,
    'something else' as found,
    bad_cell_count as affected_count,
    cell_count as looked_at_count,
    newest_at as seen_at
from columns
where bad_cell_count > 1 and bad_cell_count > cell_count * {{ threshold('share_of_a_retyped_column') }}
