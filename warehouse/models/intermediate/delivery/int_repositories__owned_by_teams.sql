-- One row per repository and team that owns it: the team (people tab) of the owner of an initiative that names it (roadmap tab).
select distinct
    linked.repository_id,
    people.team
from {{ ref('int_repositories__linked_to_initiatives') }} as linked
inner join {{ ref('int_initiatives__gathered') }} as initiatives on linked.initiative_id = initiatives.initiative_id
inner join {{ ref('int_accounts__identified') }} as owners
    on owners.source = 'sheets' and initiatives.instance = owners.instance and initiatives.owner = owners.account
inner join {{ ref('int_people__gathered') }} as people on owners.person_id = people.person_id
where people.team is not null
