{#- An amount of the program currency in words: 1,234,568 EUR. -#}
{% macro money(amount) -%}
    (format('{:,}', cast(round({{ amount }}) as bigint)) || ' ' || {{ setting('currency') }})
{%- endmacro %}

{#- What an earned-value row says of cost, in words. -#}
{% macro spent_and_earned(earned) -%}
    (
        'by the end of ' || strftime({{ earned }}.month_date, '%B %Y') || ' ' || {{ money(earned ~ '.ac_amount') }}
        || ' were spent for work worth ' || {{ money(earned ~ '.ev_amount') }}
        || case
            when abs({{ earned }}.vac_amount) < {{ earned }}.vac_tolerance_amount
                then '; at this rate it costs about the ' || {{ money(earned ~ '.bac_amount') }} || ' that were planned'
            else
                coalesce(
                    '; at this rate it costs ' || {{ money(earned ~ '.eac_amount') }} || ' instead of ' || {{ money(earned ~ '.bac_amount') }},
                    ''
                )
        end
    )
{%- endmacro %}

{#- What an earned-value row says of the schedule, in words. -#}
{% macro planned_and_done(earned) -%}
    (
        'at the end of ' || strftime({{ earned }}.month_date, '%B %Y') || ', after ' || {{ counted(earned ~ '.actual_months', 'month') }}
        || ', it had done what was planned for ' || printf('%.1f', {{ earned }}.earned_schedule_months)
    )
{%- endmacro %}

{#- Whether a version of int_budget_lines__converted is a line of the budget as the sheet has it now. -#}
{% macro is_in_budget(lines) -%}
    {{ lines }}.is_in_force and {{ lines }}.month_date is not null and {{ lines }}.budget_line_id is not null
{%- endmacro %}

{#- Whether a rate of int_exchange_rates__spread is that of a currency and month, as known at a moment. -#}
{% macro rate_of(rates, moment, currency, month) -%}
    {{ moment }} = {{ rates }}.moment_at
    and {{ currency }} = {{ rates }}.currency
    and {{ month }} >= {{ rates }}.from_month_date
    and ({{ rates }}.to_month_date is null or {{ month }} < {{ rates }}.to_month_date)
{%- endmacro %}

{#- What a unit of a currency is worth in that of the program, by a joined rate; null where there is none. None named is the program's. -#}
{% macro worth(currency, rates) -%}
    case coalesce({{ currency }}, {{ setting('currency') }}) when {{ setting('currency') }} then 1.0 else {{ rates }}.rate end
{%- endmacro %}
