{#- Moments and days. Time stamps are UTC without a zone; days are those of the configured time zone. -#}

{#- The moment the build is true for. -#}
{% macro as_of() -%}
    {{ setting('as_of') }}
{%- endmacro %}

{#- The wall clock of the configured zone at a UTC moment. -#}
{% macro local_time(moment) -%}
    (({{ moment }}) at time zone 'UTC' at time zone {{ setting('timezone') }})
{%- endmacro %}

{#- The local day of a UTC moment. -#}
{% macro local_date(moment) -%}
    cast({{ local_time(moment) }} as date)
{%- endmacro %}

{#- The UTC moment at which a local day begins. -#}
{% macro day_start(day) -%}
    (cast({{ day }} as timestamp) at time zone {{ setting('timezone') }} at time zone 'UTC')
{%- endmacro %}

{#- Elapsed hours as a double; negative if the end comes first. -#}
{% macro hours_between(start, end) -%}
    (epoch(({{ end }}) - ({{ start }})) / 3600.0)
{%- endmacro %}

{#- The same, but null where the end comes first: a negative span is unknown and counted in data_quality. -#}
{% macro span_hours(start, end) -%}
    case when ({{ end }}) >= ({{ start }}) then {{ hours_between(start, end) }} end
{%- endmacro %}

{#- The Monday of the local week of a UTC moment. -#}
{% macro local_week(moment) -%}
    cast(date_trunc('week', {{ local_date(moment) }}) as date)
{%- endmacro %}
