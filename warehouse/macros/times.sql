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

{#- Elapsed hours without weekends and holidays, null where the end comes first; start_day and end_day are the rows of int_days__classified in which both lie. -#}
{% macro working_hours(start, end, start_day, end_day) -%}
    case
        when ({{ end }}) >= ({{ start }})
            then
                {{ end_day }}.working_hours_before
                + case when {{ end_day }}.is_working_day then {{ hours_between(end_day ~ '.starts_at', end) }} else 0 end
                - {{ start_day }}.working_hours_before
                - case when {{ start_day }}.is_working_day then {{ hours_between(start_day ~ '.starts_at', start) }} else 0 end
    end
{%- endmacro %}

{#- Whether a forecast's day was met; what has not happened yet has missed it once the day is past, and may still meet it until then. -#}
{% macro is_met(day, actual_day) -%}
    case when {{ actual_day }} is not null then {{ actual_day }} <= {{ day }} when {{ local_date(as_of()) }} > {{ day }} then false end
{%- endmacro %}
