-- One row per moment, initiative (null: the program) and measure: all that the sources tell.
select
    moment_at,
    initiative_id,
    dimension,
    measure,
    value,
    evidence,
    detail
from {{ ref('int_schedules__measured') }}
union all
select
    moment_at,
    initiative_id,
    dimension,
    measure,
    value,
    evidence,
    detail
from {{ ref('int_budgets__measured') }}
union all
select
    moment_at,
    initiative_id,
    dimension,
    measure,
    value,
    evidence,
    detail
from {{ ref('int_initiatives__grown') }}
union all
select
    moment_at,
    initiative_id,
    dimension,
    measure,
    value,
    evidence,
    detail
from {{ ref('int_deliveries__measured') }}
union all
select
    moment_at,
    initiative_id,
    dimension,
    measure,
    value,
    evidence,
    detail
from {{ ref('int_portfolios__measured') }}
union all
select
    moment_at,
    initiative_id,
    dimension,
    measure,
    value,
    evidence,
    detail
from {{ ref('int_risks__measured') }}
union all
select
    moment_at,
    initiative_id,
    dimension,
    measure,
    value,
    evidence,
    detail
from {{ ref('int_resources__measured') }}
