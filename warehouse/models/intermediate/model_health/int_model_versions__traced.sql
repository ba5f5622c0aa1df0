-- One row per live version of a registered model: what int_model_versions__at_moments says of the present.
select * exclude (moment_at, moment_date)
from {{ ref('int_model_versions__at_moments') }}
where moment_at = {{ as_of() }}
