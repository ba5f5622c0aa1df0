-- One row per moment, initiative and dimension, overall among them, and the same for the program (initiative null).
with dimensions as (
    select
        *,
        {{ colour_rank('status') }} as status_rank
    from {{ ref('int_dimensions__judged') }}
),

-- The program is as bad as its worst initiative in a dimension, by the rule whose dimension is *, and as its own measures.
worst_initiatives as (
    select
        dimensions.moment_at,
        dimensions.dimension,
        case max(dimensions.status_rank) when 2 then null else greatest(max(dimensions.status_rank) - 2, 0) end as value,
        list(dimensions.initiative_id order by dimensions.status_rank desc, dimensions.initiative_id asc)
        filter (where dimensions.status <> 'green') as evidence,
        coalesce(
            string_agg(
                initiatives.name || ' is ' || dimensions.status, '; ' order by dimensions.status_rank desc, dimensions.initiative_id asc
            ) filter (where dimensions.status <> 'green'),
            'Every initiative is green'
        ) as detail
    from dimensions
    inner join {{ ref('int_initiatives__at_moments') }} as initiatives
        on dimensions.moment_at = initiatives.moment_at and dimensions.initiative_id = initiatives.initiative_id
    group by dimensions.moment_at, dimensions.dimension
),

of_program as (
    select
        moment_at,
        dimension,
        rule,
        rule_rank,
        status,
        value,
        threshold,
        reason,
        turns_green_when,
        evidence
    from {{ ref('int_rules__judged') }}
    where initiative_id is null and status is not null
    union all by name
    select
        worst_initiatives.moment_at,
        worst_initiatives.dimension,
        rules.rule,
        rules.rule_rank,
        case when worst_initiatives.value is null then 'white' else {{ colour('worst_initiatives.value', 'rules') }} end as status,
        worst_initiatives.value,
        case when worst_initiatives.value >= rules.red then rules.red else coalesce(rules.amber, rules.red) end as threshold,
        {{ filled('rules.reason_template', 'worst_initiatives.value', 'rules', 'worst_initiatives.detail') }} as reason,
        {{ filled('rules.turns_green_template', 'worst_initiatives.value', 'rules', 'worst_initiatives.detail') }} as turns_green_when,
        coalesce(worst_initiatives.evidence, []) as evidence
    from worst_initiatives
    inner join {{ ref('status_rules') }} as rules on rules.dimension = '*' and rules.measure = 'worst_initiative_rank'
),

program_dimensions as (
    select
        moment_at,
        null as initiative_id,
        dimension,
        arg_max(status, ({{ colour_rank('status') }}, -rule_rank)) as status,
        arg_max(rule, ({{ colour_rank('status') }}, -rule_rank)) as rule,
        arg_max(value, ({{ colour_rank('status') }}, -rule_rank)) filter (where value is not null) as value,
        arg_max(threshold, ({{ colour_rank('status') }}, -rule_rank)) as threshold,
        coalesce(
            string_agg(reason, '; ' order by {{ colour_rank('status') }} desc, rule_rank asc) filter (where status <> 'green'),
            string_agg(reason, '; ' order by rule_rank)
        ) as reason,
        arg_max(reason, ({{ colour_rank('status') }}, -rule_rank)) as first_reason,
        nullif(
            string_agg(turns_green_when, ', and ' order by {{ colour_rank('status') }} desc, rule_rank asc)
            filter (where status <> 'green'),
            ''
        ) as turns_green_when,
        coalesce(list_sort(list_distinct(flatten(list(evidence) filter (where status in ('red', 'amber'))))), []) as evidence
    from of_program
    group by moment_at, dimension
),

all_dimensions as (
    select * exclude (status_rank) from dimensions
    union all by name
    select * from program_dimensions
),

overall as (
    select
        moment_at,
        initiative_id,
        'overall' as dimension,
        {{ worst('status') }} as status,
        'worst_dimension' as rule,
        string_agg(
            replace(dimension, '_', ' ') || ' is ' || status || ' (' || first_reason || ')', '; '
            order by {{ colour_rank('status') }} desc, dimension
        ) filter (where status = worst_status) as worst_reason,
        'each of these is green: '
        || string_agg(
            replace(dimension, '_', ' '), ', ' order by {{ colour_rank('status') }} desc, dimension
        ) filter (where status <> 'green')
            as turns_green_when,
        coalesce(
            list_sort(list_distinct(flatten(list(evidence) filter (where status = worst_status and status <> 'green')))), []
        ) as evidence
    from (
        select
            *,
            arg_max(status, {{ colour_rank('status') }}) over (partition by moment_at, initiative_id) as worst_status
        from all_dimensions
    )
    group by moment_at, initiative_id
),

nothing_known as (
    -- Without any initiative there is no status, and the whole is white rather than absent.
    select
        {{ as_of() }} as moment_at,
        null as initiative_id,
        'overall' as dimension,
        'white' as status,
        'worst_dimension' as rule,
        'no initiative is known: they come from the roadmap tab, else from the budget tab' as reason,
        'the spreadsheet names initiatives and their sources are synced' as turns_green_when,
        cast([] as varchar[]) as evidence
    where not exists (
        select 1 from all_dimensions where all_dimensions.initiative_id is null and all_dimensions.moment_at = {{ as_of() }}
    )
)

select * from all_dimensions
union all by name
select
    * exclude (worst_reason),
    case when status = 'green' then 'Every dimension is green' else worst_reason end as reason,
    reason as first_reason
from overall
union all by name
select
    *,
    reason as first_reason
from nothing_known
