-- One row per named check and subject area: what makes a figure doubtful.
select
    check_name,
    area,
    severity,
    affected_count,
    affected_share,
    example,
    remedy
from {{ ref('int_delivery__doubted') }}
union all by name
select
    check_name,
    area,
    severity,
    affected_count,
    affected_share,
    example,
    remedy
from {{ ref('int_program__doubted') }}
