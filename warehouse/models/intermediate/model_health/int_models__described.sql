-- One row per live registered model: what int_models__at_moments says of the present.
select * exclude (moment_at, moment_date)
from {{ ref('int_models__at_moments') }}
where moment_at = {{ as_of() }}
