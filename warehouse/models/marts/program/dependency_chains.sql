-- One row per open milestone and issue at the root of what blocks its work: the longest chain of blocking issues between the two.
with recursive open_links as (
    select
        from_issue_id,
        from_issue_key,
        to_issue_id,
        to_issue_key
    from {{ ref('int_dependencies__linked') }}
    where not is_resolved
),

-- From each issue of a milestone to what blocks it, and on; a circle is walked once.
walked as (
    select
        linked.milestone_id,
        links.to_issue_id as held_issue_id,
        links.from_issue_id as root_issue_id,
        [links.from_issue_id, links.to_issue_id] as chain_issue_ids,
        [links.from_issue_key, links.to_issue_key] as chain_issue_keys
    from open_links as links
    inner join {{ ref('int_issues__linked_to_milestones') }} as linked on links.to_issue_id = linked.issue_id
    union all
    select
        walked.milestone_id,
        walked.held_issue_id,
        links.from_issue_id as root_issue_id,
        list_prepend(links.from_issue_id, walked.chain_issue_ids) as chain_issue_ids,
        list_prepend(links.from_issue_key, walked.chain_issue_keys) as chain_issue_keys
    from walked
    inner join open_links as links on walked.root_issue_id = links.to_issue_id
    where
        not list_contains(walked.chain_issue_ids, links.from_issue_id)
        and len(walked.chain_issue_ids) < {{ threshold('dependency_chain_limit') }}
),

whole as (
    -- Chains that end: nothing open blocks their root, or it is in the chain already.
    select *
    from walked
    where not exists (
        select 1
        from open_links as links
        where
            links.to_issue_id = walked.root_issue_id
            and not list_contains(walked.chain_issue_ids, links.from_issue_id)
            and len(walked.chain_issue_ids) < {{ threshold('dependency_chain_limit') }}
    )
),

longest as (
    select
        milestone_id,
        root_issue_id,
        arg_max(chain_issue_ids, (len(chain_issue_ids), held_issue_id)) as chain_issue_ids,
        arg_max(chain_issue_keys, (len(chain_issue_ids), held_issue_id)) as chain_issue_keys,
        count(distinct held_issue_id) as held_issue_count
    from whole
    group by milestone_id, root_issue_id
),

expected as (
    -- A chain is over when its last member is: the latest of their dates, if each is known.
    select
        links.milestone_id,
        links.root_issue_id,
        max(expected.p80_date) as known_p80_date,
        count(*) = count(expected.p80_date) as is_known
    from (
        select
            milestone_id,
            root_issue_id,
            unnest(chain_issue_ids[:-2]) as issue_id
        from longest
    ) as links
    left join {{ ref('int_dependencies__expected') }} as expected on links.issue_id = expected.issue_id
    group by links.milestone_id, links.root_issue_id
)

select
    longest.milestone_id,
    longest.root_issue_id,
    milestones.initiative_id,
    longest.chain_issue_ids,
    longest.chain_issue_keys,
    longest.held_issue_count,
    milestones.target_date,
    case when expected.is_known then expected.known_p80_date end as p80_date,
    case
        when expected.known_p80_date > milestones.target_date or milestones.target_date < {{ local_date(as_of()) }} then true
        when expected.is_known then expected.known_p80_date > milestones.target_date
    end as is_late,
    row_number() over (
        partition by longest.milestone_id
        order by
            expected.known_p80_date desc nulls last,
            len(longest.chain_issue_ids) desc,
            longest.held_issue_count desc,
            longest.root_issue_id asc
    ) as chain_rank
from longest
inner join expected on longest.milestone_id = expected.milestone_id and longest.root_issue_id = expected.root_issue_id
inner join {{ ref('int_milestones__planned') }} as milestones
    on longest.milestone_id = milestones.milestone_id and milestones.done_date is null
