-- One row per account in a source.
select
    source,
    instance,
    shown_account as account,
    person_id,
    method
from {{ ref('int_accounts__identified') }}
