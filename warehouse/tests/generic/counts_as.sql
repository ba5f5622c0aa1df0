{#- Rows lost or doubled on the way from another relation. -#}
{% test counts_as(model, other) %}
select counted.here, counted.there
from (select (select count(*) from {{ model }}) as here, (select count(*) from {{ other }}) as there) as counted
where counted.here <> counted.there
{% endtest %}
