-- One row per moment, initiative and dimension that any rule speaks of: the worst rule gives the colour.
with judged as (
    select
        *,
        {{ colour_rank('status') }} as status_rank
    from {{ ref('int_rules__judged') }}
    where initiative_id is not null and status is not null
)

select
    moment_at,
    initiative_id,
    dimension,
    arg_max(status, (status_rank, -rule_rank)) as status,
    arg_max(rule, (status_rank, -rule_rank)) as rule,
    arg_max(value, (status_rank, -rule_rank)) filter (where value is not null) as value,
    arg_max(threshold, (status_rank, -rule_rank)) as threshold,
    case
        when max(status_rank) = 1 then string_agg(reason, '; ' order by rule_rank)
        else string_agg(reason, '; ' order by status_rank desc, rule_rank asc) filter (where status <> 'green')
    end as reason,
    arg_max(reason, (status_rank, -rule_rank)) as first_reason,
    nullif(
        string_agg(turns_green_when, ', and ' order by status_rank desc, rule_rank asc) filter (where status <> 'green'), ''
    ) as turns_green_when,
    coalesce(list_sort(list_distinct(flatten(list(evidence) filter (where status in ('red', 'amber'))))), []) as evidence
from judged
group by moment_at, initiative_id, dimension
