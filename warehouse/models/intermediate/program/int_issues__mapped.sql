-- One row per issue, mapping of the roadmap that it matched itself or through an issue above it, distance to that, and run of moments.
with own as (
    select
        named.issue_id,
        mapped.initiative_id,
        mapped.milestone_id,
        named.kind,
        {{ common_run('named', 'mapped') }}
    from {{ ref('int_issues__named') }} as named
    inner join {{ ref('int_initiatives__mapped') }} as mapped
        on named.kind = mapped.kind and named.compared_value = mapped.compared_value and {{ seen_together('named', 'mapped') }}
)

select
    issue_id,
    initiative_id,
    milestone_id,
    kind,
    0 as distance,
    first_moment_rank,
    last_moment_rank
from own
union all
select
    related.issue_id,
    own.initiative_id,
    own.milestone_id,
    own.kind,
    related.distance,
    {{ common_run('related', 'own') }}
from {{ ref('int_issues__related') }} as related
inner join own on related.relative_issue_id = own.issue_id and {{ seen_together('related', 'own') }}
