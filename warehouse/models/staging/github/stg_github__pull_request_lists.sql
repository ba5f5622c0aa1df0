-- One row per pull request: the lists in its payload, typed. The payload is wide, and read once for all of them.
with source as (
    select
        instance,
        id,
        from_json(
            payload,
            '{
                "closingIssuesReferences": {"nodes": [{"number": "INTEGER", "title": "VARCHAR"}]},
                "commits": {"nodes": [{"commit": {
                    "oid": "VARCHAR", "authoredDate": "VARCHAR", "committedDate": "VARCHAR", "messageHeadline": "VARCHAR",
                    "author": {"email": "VARCHAR", "user": {"login": "VARCHAR"}}
                }}]},
                "files": {"nodes": [{"path": "VARCHAR", "additions": "INTEGER", "deletions": "INTEGER"}]},
                "timelineItems": {"nodes": [{"__typename": "VARCHAR", "createdAt": "VARCHAR"}]},
                "reviews": {"nodes": [{
                    "state": "VARCHAR", "submittedAt": "VARCHAR", "author": {"__typename": "VARCHAR", "login": "VARCHAR"}
                }]},
                "comments": {"nodes": [{
                    "createdAt": "VARCHAR", "author": {"__typename": "VARCHAR", "login": "VARCHAR"}
                }]},
                "reviewThreads": {"nodes": [{"comments": {"nodes": [{
                    "createdAt": "VARCHAR", "author": {"__typename": "VARCHAR", "login": "VARCHAR"}
                }]}}]}
            }'
        ) as pull
    from {{ source('raw', 'github_pull_requests') }}
    where is_current
)

select
    instance || ':' || id as pull_request_id,
    instance,
    pull.closingissuesreferences.nodes as closing_references,
    pull.commits.nodes as commits,
    pull.files.nodes as files,
    pull.timelineitems.nodes as events,
    pull.reviews.nodes as reviews,
    pull.comments.nodes as comments,
    pull.reviewthreads.nodes as threads
from source
