-- One row per initiative.
with work as (
    select
        initiative_id,
        count(*) as scope_count,
        count(*) filter (where is_finished) as done_count,
        count(story_points) as estimated_count,
        sum(story_points) as scope_points,
        sum(story_points) filter (where is_finished) as done_points
    from {{ ref('issues') }}
    where initiative_id is not null and is_work_item and deleted_at is null and is_delivered is not false
    group by initiative_id
)

select
    initiatives.initiative_id,
    initiatives.name,
    initiatives.sponsor,
    owners.person_id as owner_person_id,
    initiatives.objective_id,
    initiatives.is_on_roadmap,
    (initiatives.business_value + initiatives.time_criticality + initiatives.risk_reduction) / nullif(initiatives.job_size, 0) as wsjf,
    case when wsjf is not null then rank() over (order by wsjf desc nulls last) end as wsjf_rank,
    initiatives.start_date,
    initiatives.target_date,
    coalesce(work.scope_count, 0) as scope_count,
    coalesce(work.done_count, 0) as done_count,
    work.done_count / work.scope_count as done_share,
    work.scope_points,
    work.done_points,
    coalesce(work.estimated_count, 0) as estimated_count,
    grown.value as scope_growth_share_4w
from {{ ref('int_initiatives__gathered') }} as initiatives
left join work on initiatives.initiative_id = work.initiative_id
left join {{ ref('int_initiatives__grown') }} as grown
    on grown.moment_at = {{ as_of() }} and initiatives.initiative_id = grown.initiative_id
left join {{ ref('int_accounts__identified') }} as owners
    on owners.source = 'sheets' and initiatives.instance = owners.instance and initiatives.owner = owners.account
