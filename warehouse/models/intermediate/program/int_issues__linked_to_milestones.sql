-- One row per issue, milestone whose mapping it matched within the initiative that it counted for, and run of moments.
select distinct
    mapped.issue_id,
    mapped.milestone_id,
    {{ common_run('mapped', 'linked') }}
from {{ ref('int_issues__mapped') }} as mapped
inner join {{ ref('int_issues__linked_at_moments') }} as linked
    on mapped.issue_id = linked.issue_id and mapped.initiative_id = linked.initiative_id and {{ seen_together('mapped', 'linked') }}
where mapped.milestone_id is not null
