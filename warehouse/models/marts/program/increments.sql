-- One row per program increment and team: whether its sprints fit into it, and what it delivered of what it planned.
with planned as (
    select
        increment as increment_id,
        coalesce(team, 'all teams') as team,
        team as only_team,
        start_date,
        end_date,
        planned_value,
        actual_value
    from {{ ref('stg_sheets__increments') }}
    where is_in_force and increment is not null and start_date <= end_date
    qualify row_number() over (partition by increment, coalesce(team, 'all teams') order by row_number) = 1
),

held as (
    -- Who works on which board: by the items that people of the team hold in its sprints.
    select
        people.team,
        sprints.board_id,
        count(*) as item_count
    from {{ ref('int_sprints__scoped') }} as scoped
    inner join {{ ref('stg_jira__sprints') }} as sprints on scoped.sprint_id = sprints.sprint_id
    inner join {{ ref('issues') }} as issues on scoped.issue_id = issues.issue_id
    inner join {{ ref('int_people__gathered') }} as people on issues.assignee_person_id = people.person_id
    where people.team is not null
    group by people.team, sprints.board_id
),

boards as (
    select
        team,
        board_id
    from held
    qualify item_count >= {{ threshold('team_board_share') }} * sum(item_count) over (partition by team)
),

sprints as (
    select
        sprint_id,
        board_id,
        {{ local_date('start_at') }} as start_date,
        -- A sprint that ends at midnight has its last day before.
        {{ local_date('end_at - interval 1 second') }} as end_date
    from {{ ref('stg_jira__sprints') }}
    where deleted_at is null and end_at > start_at
),

placed as (
    -- A sprint belongs to the increment that holds most of its days.
    select
        sprints.*,
        spans.increment_id,
        spans.start_date as increment_start_date,
        spans.end_date as increment_end_date
    from sprints
    inner join (
        select
            increment_id,
            min(start_date) as start_date,
            max(end_date) as end_date
        from planned
        group by increment_id
    ) as spans on sprints.start_date <= spans.end_date and sprints.end_date >= spans.start_date
    qualify row_number() over (
        partition by sprints.sprint_id
        order by
            least(sprints.end_date, spans.end_date) - greatest(sprints.start_date, spans.start_date) desc,
            spans.start_date asc,
            spans.increment_id asc
    ) = 1
),

of_teams as (
    select distinct
        planned.increment_id,
        planned.team,
        placed.sprint_id,
        placed.board_id,
        placed.start_date,
        placed.end_date,
        placed.start_date < planned.start_date or placed.end_date > planned.end_date as is_across_the_edge
    from planned
    inner join placed on planned.increment_id = placed.increment_id
    left join boards on placed.board_id = boards.board_id and planned.only_team = boards.team
    where planned.only_team is null or boards.team is not null
),

stepped as (
    -- Out of step: another board of the increment has sprints, and none of them begins and ends on the same days.
    select
        mine.increment_id,
        mine.team,
        mine.sprint_id,
        any_value(mine.is_across_the_edge) as is_across_the_edge,
        count(others.board_id) > 0
        and count(*) filter (where mine.start_date = others.start_date and mine.end_date = others.end_date) = 0
            as is_out_of_step
    from of_teams as mine
    left join of_teams as others on mine.increment_id = others.increment_id and mine.board_id <> others.board_id
    group by mine.increment_id, mine.team, mine.sprint_id
),

counted as (
    select
        increment_id,
        team,
        count(*) as sprint_count,
        count(*) filter (where is_across_the_edge or is_out_of_step) as misaligned_sprint_count,
        count(*) filter (where is_across_the_edge) as edge_sprint_count,
        count(*) filter (where is_out_of_step) as out_of_step_sprint_count
    from stepped
    group by increment_id, team
)

select
    planned.increment_id,
    planned.team,
    planned.start_date,
    planned.end_date,
    planned.end_date < {{ local_date(as_of()) }} as is_over,
    coalesce(counted.sprint_count, 0) as sprint_count,
    coalesce(counted.misaligned_sprint_count, 0) as misaligned_sprint_count,
    coalesce(counted.edge_sprint_count, 0) as edge_sprint_count,
    coalesce(counted.out_of_step_sprint_count, 0) as out_of_step_sprint_count,
    planned.planned_value,
    planned.actual_value,
    planned.actual_value / nullif(planned.planned_value, 0) as predictability_share
from planned
left join counted on planned.increment_id = counted.increment_id and planned.team = counted.team
