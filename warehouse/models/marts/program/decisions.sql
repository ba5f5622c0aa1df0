-- One row per row of the RAID log.
with rows as (
    select
        *,
        coalesce(
            lower(status) not in (select closed.status from {{ ref('closed_statuses') }} as closed), true
        ) as is_open
    from {{ ref('stg_sheets__decisions') }}
    where is_in_force and decision_key is not null
    qualify row_number() over (partition by decision_key order by row_number) = 1
)

select
    rows.decision_key as decision_id,
    rows.kind,
    rows.text,
    referenced.initiative_id,
    owners.person_id as owner_person_id,
    rows.due_date,
    rows.status,
    rows.is_open,
    coalesce(rows.is_open and rows.due_date < {{ local_date(as_of()) }}, false) as is_overdue,
    rows.options,
    rows.recommendation
from rows
left join {{ ref('int_initiatives__referenced') }} as referenced
    on {{ normalised('rows.initiative') }} = referenced.reference and referenced.moment_at = {{ as_of() }}
left join {{ ref('int_accounts__identified') }} as owners
    on owners.source = 'sheets' and rows.instance = owners.instance and rows.owner = owners.account
