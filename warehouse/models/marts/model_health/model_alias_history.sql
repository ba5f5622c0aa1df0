-- One row per model, alias and stay of it on a version: the hub's own audit trail.
select
    model_id,
    alias,
    version,
    not_before_at,
    seen_at,
    to_at,
    is_current
from {{ ref('int_model_aliases__spanned') }}
