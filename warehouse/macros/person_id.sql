{#- The id of the person that a key stands for: stable from build to build, and no name or mail can be read from it. -#}
{% macro person_id(key) -%}
    ('person-' || left(md5({{ key }}), 12))
{%- endmacro %}

{#- A mail address without where it is: mail addresses stay in the build file. Another text stays what it is. -#}
{% macro without_domain(value) -%}
    case when regexp_full_match({{ value }}, '\s*[^@\s/]+@[^@\s/]+\s*') then split_part(trim({{ value }}), '@', 1) else {{ value }} end
{%- endmacro %}

{#- What a tag says: whom it names by mail address as a person (null if nobody known), or by what stands before the @. -#}
{% macro as_person(value, person) -%}
    case when {{ without_domain(value) }} <> {{ value }} then coalesce({{ person }}, {{ without_domain(value) }}) else {{ value }} end
{%- endmacro %}

{#- Tags, of which those that are a mail address are published without where it is. -#}
{% macro tags_without_domains(tags) -%}
    map_from_entries(
        list_transform(
            map_entries({{ tags }}),
            lambda entry: struct_pack(key := entry.key, value := {{ without_domain('entry.value') }})
        )
    )
{%- endmacro %}
