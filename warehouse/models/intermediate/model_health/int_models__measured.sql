-- One row per moment and registered model of it: the figures of its health.
with models as (
    select * from {{ ref('int_models__at_moments') }}
),

champions as (
    select
        models.moment_at,
        models.model_id,
        versions.model_version_id,
        versions.version,
        versions.mlflow_run_id,
        versions.is_run_deleted,
        versions.run_ended_at as last_trained_at,
        {{ hours_between('versions.run_ended_at', 'models.moment_at') }} / 24 as staleness_days
    from models
    inner join {{ ref('int_model_versions__at_moments') }} as versions
        on
            models.moment_at = versions.moment_at
            and models.model_id = versions.model_id
            and models.champion_version = versions.version
),

promotions as (
    select
        models.moment_at,
        models.model_id,
        spanned.seen_at as last_promoted_at
    from {{ ref('int_model_roles__spanned') }} as spanned
    inner join models
        on
            spanned.model_id = models.model_id
            and spanned.seen_at <= models.moment_at
            and (spanned.to_at is null or spanned.to_at > models.moment_at)
    where spanned.role = 'champion' and not spanned.is_since_first_sync
),

comparisons as (
    select
        moment_at,
        model_id,
        count(is_regression) as compared_count,
        count(*) filter (where is_regression) as regression_count,
        count(*) filter (where is_regression and role = 'champion') as champion_regression_count,
        count(is_regression) filter (where role = 'champion') as champion_compared_count,
        count(direction) as directed_count,
        list(gap order by role, metric) filter (where gap is not null) as gaps,
        list(model_version_id || ' ' || metric order by model_version_id, metric) filter (where is_regression) as regressions,
        list(
            role || ' version ' || version || ' has ' || metric || printf(' %.4g', value) || ' against' || printf(' %.4g', baseline_value)
            || ' of version ' || coalesce(baseline_version, '(tag)')
            order by role, metric
        ) filter (where is_regression) as regression_texts
    from {{ ref('int_model_metrics__compared') }}
    where role is not null
    group by moment_at, model_id
),

drifts as (
    select
        drifts.moment_at,
        drifts.model_id,
        count(*) as feature_count,
        count(*) filter (where drifts.value > {{ threshold('drift_share') }}) as drifted_count,
        list(drifts.feature order by drifts.value desc) filter (where drifts.value > {{ threshold('drift_share') }}) as drifted_features
    from {{ ref('int_model_drifts__measured') }} as drifts
    group by drifts.moment_at, drifts.model_id
),

model_experiments as (
    select distinct
        versions.moment_at,
        versions.model_id,
        versions.experiment_id
    from {{ ref('int_model_versions__at_moments') }} as versions
),

recent_runs as (
    select
        experiments.moment_at,
        experiments.model_id,
        cast(sum(runs.run_count_30d) as bigint) as run_count,
        cast(sum(runs.failed_run_count_30d) as bigint) as failed_count
    from model_experiments as experiments
    inner join {{ ref('int_experiment_runs__summed') }} as runs
        on experiments.moment_at = runs.moment_at and experiments.experiment_id = runs.experiment_id
    where runs.run_count_30d > 0
    group by experiments.moment_at, experiments.model_id
),

newest_runs as (
    select
        experiments.moment_at,
        experiments.model_id,
        unnest(runs.newest_finished) as run
    from model_experiments as experiments
    inner join {{ ref('int_experiment_runs__summed') }} as runs
        on experiments.moment_at = runs.moment_at and experiments.experiment_id = runs.experiment_id
),

finished_runs as (
    select
        moment_at,
        model_id,
        run.is_reproducible
    from newest_runs
    qualify
        row_number() over (partition by moment_at, model_id order by run.ended_at desc nulls last, run.mlflow_run_id asc)
        <= {{ threshold('reproducible_run_count') }}
),

reproducibility as (
    select
        moment_at,
        model_id,
        count(*) as run_count,
        count(*) filter (where is_reproducible) as reproducible_count
    from finished_runs
    group by moment_at, model_id
),

linked as (
    -- By what links them today.
    select
        versions.model_id,
        versions.version,
        links.issue_id
    from {{ ref('int_model_versions__linked') }} as links
    inner join {{ ref('int_model_versions__traced') }} as versions on links.model_version_id = versions.model_version_id
)

select
    models.moment_at,
    models.model_id,
    models.model_name,
    models.initiative_id,
    models.champion_version,
    models.challenger_version,
    champions.model_version_id as champion_model_version_id,
    champions.mlflow_run_id as champion_mlflow_run_id,
    champions.is_run_deleted as is_champion_run_deleted,
    champions.staleness_days,
    models.staleness_limit_days,
    case
        when comparisons.regression_count > 0 then comparisons.regression_count
        -- What cannot be compared may have regressed: not worse is not said before all is known.
        when len(comparisons.gaps) > 0 then null
        when comparisons.compared_count > 0 then comparisons.regression_count
        -- The first version of a model replaced nothing.
        when models.version_count = 1 and models.champion_version is not null then 0
    end as regression_count,
    case when comparisons.champion_compared_count > 0 then comparisons.champion_regression_count end as champion_regression_count,
    coalesce(comparisons.directed_count, 0) > 0 as has_direction,
    comparisons.gaps as metric_gaps,
    comparisons.regressions,
    comparisons.regression_texts,
    drifts.drifted_count / drifts.feature_count as drift_share,
    drifts.feature_count as drift_feature_count,
    drifts.drifted_features,
    case
        when recent_runs.run_count >= {{ threshold('run_failure_minimum_runs') }}
            then recent_runs.failed_count / recent_runs.run_count
    end as run_failure_share_30d,
    recent_runs.failed_count as failed_run_count_30d,
    recent_runs.run_count as run_count_30d,
    reproducibility.reproducible_count / reproducibility.run_count as reproducible_share,
    reproducibility.run_count as reproducible_run_count,
    models.owner_person_id is not null as has_owner,
    linked.issue_id is not null as has_linked_issue,
    gates.failed_count + gates.unknown_count as open_gate_count,
    gates.failed_count as failed_gate_count,
    gates.unknown_count as unknown_gate_count,
    gates.failed_gates,
    gates.unknown_gates,
    gates.failed_titles as failed_gate_titles,
    gates.unknown_titles as unknown_gate_titles,
    champions.last_trained_at,
    promotions.last_promoted_at
from models
left join champions on models.moment_at = champions.moment_at and models.model_id = champions.model_id
left join promotions on models.moment_at = promotions.moment_at and models.model_id = promotions.model_id
left join comparisons on models.moment_at = comparisons.moment_at and models.model_id = comparisons.model_id
left join drifts on models.moment_at = drifts.moment_at and models.model_id = drifts.model_id
left join recent_runs on models.moment_at = recent_runs.moment_at and models.model_id = recent_runs.model_id
left join reproducibility on models.moment_at = reproducibility.moment_at and models.model_id = reproducibility.model_id
left join {{ ref('int_release_gates__summed') }} as gates
    on
        models.moment_at = gates.moment_at
        and models.model_id = gates.model_id
        and gates.version = coalesce(models.champion_version, models.latest_version)
left join linked
    on models.model_id = linked.model_id and linked.version = coalesce(models.champion_version, models.latest_version)
