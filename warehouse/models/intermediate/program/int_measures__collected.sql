-- One row per moment, initiative (null: the program) and measure: the one table that the status rules read.
-- What the sources tell, and what the register's triggers make of that.
with triggered as (
    select
        moment_at,
        initiative_id,
        count(*) filter (where is_triggered) as fired_count,
        count(is_triggered) as known_count,
        list(risk_id order by risk_id) filter (where is_triggered) as risk_ids,
        list({{ titled('risk_id', 'title') }} order by risk_id) filter (where is_triggered) as risks
    from {{ ref('int_risks__triggered') }}
    where is_open and initiative_id is not null
    group by moment_at, initiative_id
)

select
    moment_at,
    initiative_id,
    dimension,
    measure,
    value,
    evidence,
    detail
from {{ ref('int_measures__observed') }}
union all
select
    moment_at,
    initiative_id,
    'risk' as dimension,
    'triggered_risk_count' as measure,
    case when known_count > 0 then fired_count end as value,
    coalesce(risk_ids, []) as evidence,
    case
        when known_count = 0 then 'nothing tells of what the triggers look at'
        when fired_count = 0 then 'No trigger of an open risk has fired'
        else
            {{ one_or('fired_count', 'The trigger of an open risk has fired', 'triggers of open risks have fired') }}
            || ': ' || {{ listed('risks') }}
    end as detail
from triggered
