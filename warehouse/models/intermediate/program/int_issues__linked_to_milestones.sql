-- One row per issue and milestone whose mapping it matches, within the initiative that the issue counts for.
select distinct
    mapped.issue_id,
    mapped.milestone_id
from {{ ref('int_issues__mapped') }} as mapped
inner join {{ ref('int_issues__linked_to_initiatives') }} as linked
    on mapped.issue_id = linked.issue_id and mapped.initiative_id = linked.initiative_id
where mapped.milestone_id is not null
