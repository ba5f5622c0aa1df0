-- One row per scope, DORA metric and thing that its figure counts or leaves out, with its local month.
-- The figures (dora_monthly) and their proof (dora_evidence) are both made of these rows, so that they cannot disagree.
with deployments as (
    select
        scoped.scope_kind,
        scoped.scope_id,
        judged.*
    from {{ ref('int_deployments__scoped') }} as scoped
    inner join {{ ref('int_deployments__judged') }} as judged on scoped.deployment_id = judged.deployment_id
),

changes as (
    select
        scopes.scope_kind,
        scopes.scope_id,
        deployed.*
    from {{ ref('int_changes__deployed') }} as deployed
    cross join lateral (
        select
            'repository' as scope_kind,
            deployed.repository as scope_id
        union all
        select
            'program' as scope_kind,
            'program' as scope_id
        union all
        select
            'team' as scope_kind,
            unnest(deployed.teams) as scope_id
    ) as scopes
),

incidents as (
    -- An incident that no deployment explains counts for the program alone.
    select
        coalesce(scoped.scope_kind, 'program') as scope_kind,
        coalesce(scoped.scope_id, 'program') as scope_id,
        collected.incident_id,
        collected.deployment_id,
        collected.opened_at,
        collected.resolved_at,
        {{ span_hours('collected.opened_at', 'collected.resolved_at') }} as recovery_hours
    from {{ ref('int_incidents__collected') }} as collected
    left join {{ ref('int_deployments__scoped') }} as scoped on collected.deployment_id = scoped.deployment_id
),

steps as (
    select
        scope_kind,
        scope_id,
        coalesce(finished_at, started_at) as moment,
        'deployment_frequency' as metric,
        case
            when is_success then 'deployed to production'
            when is_success is null then 'left out: still under way'
            else 'left out: it failed'
        end as step,
        coalesce(is_success, false) as is_counted,
        deployment_source,
        deployment_id,
        null as pull_request_id,
        null as incident_id,
        cast(null as timestamp) as from_at,
        coalesce(finished_at, started_at) as to_at,
        cast(null as double) as hours
    from deployments
    union all by name
    select
        scope_kind,
        scope_id,
        deployed_at as moment,
        'lead_time_for_changes' as metric,
        case
            when lead_time_hours is not null then 'first commit to deployed'
            when first_commit_at is null then 'left out: its first commit is unknown'
            else 'left out: deployed before its first commit'
        end as step,
        lead_time_hours is not null as is_counted,
        deployment_id,
        pull_request_id,
        first_commit_at as from_at,
        deployed_at as to_at,
        lead_time_hours as hours
    from changes
    union all by name
    select
        scope_kind,
        scope_id,
        finished_at as moment,
        'change_failure' as metric,
        case
            when not is_mature then 'left out: younger than the window'
            when incident_id is not null then 'an incident followed'
            else 'no incident followed'
        end as step,
        is_mature as is_counted,
        deployment_id,
        incident_id,
        finished_at as from_at,
        opened_at as to_at,
        {{ hours_between('finished_at', 'opened_at') }} as hours
    from deployments
    where is_success
    union all by name
    select
        scope_kind,
        scope_id,
        opened_at as moment,
        'change_failure' as metric,
        'left out: no deployment within the window before the incident' as step,
        false as is_counted,
        incident_id,
        opened_at as to_at
    from incidents
    where deployment_id is null
    union all by name
    select
        scope_kind,
        scope_id,
        coalesce(resolved_at, opened_at) as moment,
        'recovery' as metric,
        case
            when recovery_hours is not null then 'opened to resolved'
            when resolved_at is null then 'left out: still open'
            else 'left out: resolved before it was opened'
        end as step,
        recovery_hours is not null as is_counted,
        deployment_id,
        incident_id,
        opened_at as from_at,
        resolved_at as to_at,
        recovery_hours as hours
    from incidents
)

select
    *,
    {{ local_date('moment') }} as day_date,
    cast(date_trunc('month', {{ local_date('moment') }}) as date) as month_date
from steps
