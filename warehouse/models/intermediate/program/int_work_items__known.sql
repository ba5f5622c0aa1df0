-- One row per issue and run of moments at which its work was known to be the same and of the same initiative.
with stays as (
    select
        *,
        coalesce(to_at, timestamp 'infinity') as until_at
    from {{ ref('int_work_items__spanned') }}
),

runs as (
    {{ seen_runs('stays', 'until_at') }}
)

select
    runs.* exclude (until_at, first_moment_rank, last_moment_rank),
    linked.initiative_id,
    {{ common_run('runs', 'linked') }}
from runs
inner join {{ ref('int_issues__linked_at_moments') }} as linked on runs.issue_id = linked.issue_id and {{ seen_together('runs', 'linked') }}
