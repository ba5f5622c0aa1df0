"""The GraphQL queries. Every one is checked against GitHub's published schema by a test.

`databaseId` is asked of repositories only: it is a 32-bit number, and ids of deployments and reviews have passed that.
"""

from __future__ import annotations

_RATE_LIMIT = "rateLimit { cost remaining resetAt }"

_PAGE = "totalCount pageInfo { hasNextPage endCursor }"

_FIELDS = {
    "labels": "nodes { name }",
    "commits": """nodes { commit {
        oid authoredDate committedDate messageHeadline author { name email user { login } }
    } }""",
    "reviews": "nodes { id fullDatabaseId state submittedAt author { login __typename } }",
    "reviewThreads": "nodes { isResolved comments(first: 1) { nodes { createdAt author { login __typename } } } }",
    "comments": "nodes { createdAt author { login __typename } }",
    "timelineItems": """nodes {
        __typename
        ... on ReadyForReviewEvent { createdAt actor { login __typename } }
        ... on ConvertToDraftEvent { createdAt actor { login __typename } }
        ... on ReopenedEvent { createdAt actor { login __typename } }
        ... on ClosedEvent { createdAt actor { login __typename } }
        ... on HeadRefForcePushedEvent { createdAt actor { login __typename } }
    }""",
    "closingIssuesReferences": "nodes { number title state repository { nameWithOwner } }",
}

_ARGUMENTS = {
    "timelineItems": "itemTypes: [READY_FOR_REVIEW_EVENT, CONVERT_TO_DRAFT_EVENT, REOPENED_EVENT, CLOSED_EVENT, "
    "HEAD_REF_FORCE_PUSHED_EVENT], ",
}

# Small first pages keep a query of 25 pull requests at about 7 points; whatever is longer is finished by node.
_FIRST = {
    "labels": 20,
    "commits": 50,
    "reviews": 50,
    "reviewThreads": 20,
    "comments": 50,
    "timelineItems": 20,
    "closingIssuesReferences": 10,
}


def _list(name: str, first: int | str, after: str = "") -> str:
    return f"{name}({_ARGUMENTS.get(name, '')}first: {first}{after}) {{ {_PAGE} {_FIELDS[name]} }}"


_LISTS = "\n".join(_list(name, first) for name, first in _FIRST.items())

PULL_REQUESTS = f"""
query PullRequests($repository: ID!, $first: Int!, $after: String, $order: IssueOrder!) {{
  {_RATE_LIMIT}
  node(id: $repository) {{ ... on Repository {{
    databaseId nameWithOwner
    pullRequests(first: $first, after: $after, orderBy: $order) {{ {_PAGE} nodes {{
      id fullDatabaseId number title body url state isDraft
      author {{ login __typename }}
      createdAt updatedAt closedAt mergedAt
      mergedBy {{ login __typename }}
      mergeCommit {{ oid }}
      baseRefName headRefName headRefOid
      additions deletions changedFiles
      repository {{ databaseId nameWithOwner }}
      files(first: 100) {{ {_PAGE} nodes {{ path additions deletions }} }}
      {_LISTS}
    }} }}
  }} }}
}}
"""


def _rest_of(name: str) -> str:
    following = _list(name, 100, ", after: $after")
    return f"""
query RestOf($id: ID!, $after: String) {{
  {_RATE_LIMIT}
  node(id: $id) {{ ... on PullRequest {{ {following} }} }}
}}
"""


REST_OF = {name: _rest_of(name) for name in _FIELDS}
"""The query for the next page of each of these lists. `files` has none: its first 100 serve to tell generated ones."""

_STATUSES = "nodes { id state createdAt creator { login __typename } }"

DEPLOYMENTS = f"""
query Deployments($repository: ID!, $first: Int!, $after: String, $order: DeploymentOrder!) {{
  {_RATE_LIMIT}
  node(id: $repository) {{ ... on Repository {{
    databaseId nameWithOwner
    deployments(first: $first, after: $after, orderBy: $order) {{ {_PAGE} nodes {{
      id environment originalEnvironment task state createdAt updatedAt commitOid
      ref {{ name }}
      creator {{ login __typename }}
      latestStatus {{ state createdAt }}
      repository {{ databaseId nameWithOwner }}
      statuses(first: 20) {{ {_PAGE} {_STATUSES} }}
    }} }}
  }} }}
}}
"""

REST_OF_STATUSES = f"""
query RestOfStatuses($id: ID!, $after: String) {{
  {_RATE_LIMIT}
  node(id: $id) {{ ... on Deployment {{ statuses(first: 100, after: $after) {{ {_PAGE} {_STATUSES} }} }} }}
}}
"""

RELEASES = f"""
query Releases($repository: ID!, $first: Int!, $after: String) {{
  {_RATE_LIMIT}
  node(id: $repository) {{ ... on Repository {{
    databaseId nameWithOwner
    releases(first: $first, after: $after, orderBy: {{ field: CREATED_AT, direction: DESC }}) {{ {_PAGE} nodes {{
      id tagName name url isDraft isPrerelease isLatest createdAt publishedAt updatedAt
      tagCommit {{ oid }}
      author {{ login __typename }}
      repository {{ databaseId nameWithOwner }}
    }} }}
  }} }}
}}
"""

ISSUES = f"""
query Issues($repository: ID!, $first: Int!, $after: String, $order: IssueOrder!, $filter: IssueFilters) {{
  {_RATE_LIMIT}
  node(id: $repository) {{ ... on Repository {{
    databaseId nameWithOwner
    issues(first: $first, after: $after, orderBy: $order, filterBy: $filter) {{ {_PAGE} nodes {{
      id fullDatabaseId number title url state stateReason
      author {{ login __typename }}
      createdAt updatedAt closedAt
      labels(first: 100) {{ {_PAGE} nodes {{ name }} }}
      repository {{ databaseId nameWithOwner }}
    }} }}
  }} }}
}}
"""

_ASKED = "\n".join(  # each under its own node: a refusal blanks the whole node it is in
    f"{name}: node(id: $repository) {{ ... on Repository {{ {name}(first: 1) {{ totalCount }} }} }}"
    for name in ("pullRequests", "deployments", "releases", "issues")
)

PERMISSIONS = f"""
query Permissions($repository: ID!) {{
  {_RATE_LIMIT}
  {_ASKED}
}}
"""

ALL = {
    "pull_requests": PULL_REQUESTS,
    "deployments": DEPLOYMENTS,
    "rest_of_statuses": REST_OF_STATUSES,
    "releases": RELEASES,
    "issues": ISSUES,
    "permissions": PERMISSIONS,
    **{f"rest_of_{name}": query for name, query in REST_OF.items()},
}
