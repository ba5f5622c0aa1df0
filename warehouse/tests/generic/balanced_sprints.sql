{#- Closed sprints whose scope does not add up. -#}
{% test balanced_sprints(model) %}
select sprint_id
from {{ model }}
where
    completed_at is not null
    and committed_count + added_count - removed_count is distinct from completed_count + carried_over_count
{% endtest %}
