-- One row per pair of issues of two projects or two initiatives of which the first blocks the second.
select
    linked.from_issue_id,
    linked.to_issue_id,
    linked.from_issue_key,
    linked.to_issue_key,
    linked.from_project,
    linked.to_project,
    linked.from_initiative_id,
    linked.to_initiative_id,
    linked.is_resolved,
    linked.needed_by_date,
    linked.needed_by_source,
    case when not linked.is_resolved then expected.p80_date end as p80_date,
    case when not linked.is_resolved then coalesce(expected.p80_source, 'unknown: it is outside the synced projects') end as p80_source,
    case
        when linked.is_resolved then false
        -- What is needed by now and still blocked is late, whatever is expected.
        when linked.needed_by_date < {{ local_date(as_of()) }} then true
        else expected.p80_date > linked.needed_by_date
    end as is_late,
    case when not linked.is_resolved then date_diff('day', linked.needed_by_date, expected.p80_date) end as late_days
from {{ ref('int_dependencies__linked') }} as linked
left join {{ ref('int_dependencies__expected') }} as expected on linked.from_issue_id = expected.issue_id
where linked.is_across
