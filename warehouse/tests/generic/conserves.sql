{#- Landed records that staging lost: every current raw record is kept, deleted ones included. -#}
{% test conserves(model, table, id) %}
select raw_record.instance, raw_record.id
from {{ source('raw', table) }} as raw_record
anti join {{ model }} as staged on staged.{{ id }} = raw_record.instance || ':' || raw_record.id
where raw_record.is_current
{% endtest %}
