-- One row per check of what makes figures of program and models doubtful; those that find nothing are there with zero.
with candidates as (
    select
        check_name,
        subject,
        is_doubted,
        moment
    from {{ ref('int_sheets__questioned') }}
    union all
    select
        check_name,
        subject,
        is_doubted,
        moment
    from {{ ref('int_initiatives__questioned') }}
    union all
    select
        check_name,
        subject,
        is_doubted,
        moment
    from {{ ref('int_models__questioned') }}
    union all
    select
        check_name,
        subject,
        is_doubted,
        moment
    from {{ ref('int_fields__questioned') }}
)

select
    checks.check_name,
    checks.area,
    checks.severity,
    count(*) filter (where candidates.is_doubted) as affected_count,
    count(*) filter (where candidates.is_doubted) / nullif(count(candidates.check_name), 0) as affected_share,
    arg_max(candidates.subject, (coalesce(candidates.moment, timestamp '1970-01-01'), candidates.subject))
    filter (where candidates.is_doubted) as example,
    checks.remedy
from {{ ref('program_checks') }} as checks
left join candidates on checks.check_name = candidates.check_name
group by checks.check_name, checks.area, checks.severity, checks.remedy
