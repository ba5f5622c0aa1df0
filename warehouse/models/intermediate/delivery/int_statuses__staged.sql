-- One row per project and status that its issues are or were in, with the stage the seed gives it.
with seen as (
    select
        instance,
        project_key,
        status_id,
        status,
        status_category
    from {{ ref('stg_jira__issues') }}
    union all
    select
        issues.instance,
        issues.project_key,
        issues.instance || ':' || stays.value as status_id,
        stays.value_text,
        null as status_category
    from {{ ref('int_issues__field_intervals') }} as stays
    inner join {{ ref('stg_jira__issues') }} as issues on stays.issue_id = issues.issue_id
    where stays.field_role = 'status'
),

present as (
    -- A status goes by the name and category it has now; one that is gone by those it was last seen with.
    select
        seen.instance,
        seen.project_key,
        seen.status_id,
        coalesce(any_value(statuses.status), max(seen.status)) as status,
        coalesce(any_value(statuses.status_category), max(seen.status_category)) as status_category
    from seen
    left join {{ ref('stg_jira__statuses') }} as statuses on seen.status_id = statuses.status_id
    where seen.status_id is not null
    group by all
),

categorised as (
    select
        present.* replace (
            coalesce(present.status_category, namesakes.status_category) as status_category
        )
    from present
    left join (
        select
            instance,
            lower(status) as status,
            max(status_category) as status_category
        from {{ ref('stg_jira__statuses') }}
        group by all
    ) as namesakes on present.instance = namesakes.instance and lower(present.status) = namesakes.status
),

staged as (
    select
        categorised.*,
        stages.stage,
        stages.stage_rank,
        coalesce(stages.is_active, false) as is_active,
        coalesce(stages.is_blocked, false) as is_blocked,
        stages.status is not null or stages.project_key <> '*' as is_mapped
    from categorised
    left join {{ ref('status_stages') }} as stages
        on
            stages.project_key in ('*', categorised.project_key)
            and coalesce(lower(stages.status) = lower(categorised.status), categorised.status_category = stages.category)
    qualify row_number() over (
        partition by categorised.project_key, categorised.status_id
        order by stages.project_key = '*', stages.status is null, stages.stage_rank
    ) = 1
)

select
    *,
    -- Work in progress is everything from the first active stage on that is not done, waiting stages between them included.
    coalesce(stage_rank >= min(stage_rank) filter (is_active) over (partition by instance, project_key) and stage <> 'done', false)
        as is_in_progress
from staged
