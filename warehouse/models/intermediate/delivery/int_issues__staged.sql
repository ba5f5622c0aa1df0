-- One row per issue and stage whose date still stands: moving back to an earlier stage clears the later ones.
{{ standing_stages(ref('int_issues__status_intervals'), 'issue_id') }}
