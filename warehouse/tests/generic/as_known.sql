{#- Fields that are no longer what the hub knows them as, in words. -#}
{% test as_known(model) %}
select finding
from {{ model }}
{% endtest %}
