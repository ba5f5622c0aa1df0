-- One row per account in a source.
select
    source,
    instance,
    account,
    person_id,
    method
from {{ ref('int_accounts__identified') }}
