-- One row per issue that belongs to an initiative of the roadmap.
select
    issue_id,
    initiative_id,
    method,
    is_ambiguous
from {{ ref('int_issues__linked_at_moments') }}
where {{ seen_now() }}
