"""The connector's queries, and the sandbox's schema, against the GraphQL schema that GitHub publishes."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
    parse,
    validate,
)
from graphql.language import FieldNode, IntValueNode, OperationDefinitionNode, OperationType, visit
from graphql.language.visitor import Visitor

from connectors.github import queries
from connectors.sandbox.github import graph


@pytest.fixture(scope="module")
def published(specs: Path) -> GraphQLSchema:
    """GitHub's own schema."""
    return build_schema((specs / "github-schema.graphql").read_text(), assume_valid=True)


@pytest.mark.parametrize("name", queries.ALL)
def test_every_query_is_valid(published, name):
    """Fields, arguments, types and fragments exist as asked for, and nothing is changed by it."""
    document = parse(queries.ALL[name])
    assert validate(published, document) == []
    operations = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
    assert {one.operation for one in operations} == {OperationType.QUERY}


def test_a_wrong_query_would_be_found(published):
    """The check can fail: deployments have no fullDatabaseId."""
    wrong = queries.DEPLOYMENTS.replace("commitOid", "fullDatabaseId")
    assert validate(published, parse(wrong))


@pytest.mark.parametrize("name", queries.ALL)
def test_no_query_asks_for_a_deprecated_field(published, name):
    """What is to be removed is not built upon."""
    from graphql.validation import NoDeprecatedCustomRule  # only this check wants it

    assert validate(published, parse(queries.ALL[name]), [NoDeprecatedCustomRule]) == []


def test_32_bit_numbers_are_asked_of_repositories_only():
    """Ids of deployments, reviews and pull requests have passed 2^31."""

    class Seen(Visitor):
        def __init__(self):
            super().__init__()
            self.parents = []

        def enter_field(self, node: FieldNode, _key, _parent, _path, ancestors):
            if node.name.value == "databaseId":
                fields = [one for one in ancestors if isinstance(one, FieldNode)]
                self.parents.append(fields[-1].name.value)

    seen = Seen()
    for text in queries.ALL.values():
        visit(parse(text), seen)
    assert set(seen.parents) == {"node", "repository"}


@pytest.mark.parametrize("name", queries.ALL)
def test_no_query_exceeds_githubs_limits(name):
    """At most 100 of anything, 500,000 nodes; a page of pull requests costs 10 points at most."""

    class Sizes(Visitor):
        def __init__(self):
            super().__init__()
            self.stack, self.nodes, self.requests = [1], 0, 0

        def enter_field(self, node: FieldNode, *_):
            first = next((argument.value for argument in node.arguments if argument.name.value == "first"), None)
            size = None
            if first is not None:
                size = int(first.value) if isinstance(first, IntValueNode) else 25
                assert 1 <= size <= 100
                self.requests += self.stack[-1]
                self.nodes += self.stack[-1] * size
            self.stack.append(self.stack[-1] * (size or 1))

        def leave_field(self, *_):
            self.stack.pop()

    sizes = Sizes()
    visit(parse(queries.ALL[name]), sizes)
    assert sizes.nodes < 500_000
    assert sizes.requests / 100 <= 10


@pytest.mark.parametrize("name", sorted(name for name in graph.schema().type_map if not name.startswith("__")))
def test_the_sandboxs_schema_is_a_part_of_the_published_one(published, name):
    """Same kinds, same types and nullability of fields and arguments, same defaults; nothing invented."""
    ours, theirs = graph.schema().type_map[name], published.type_map[name]
    assert type(ours) is type(theirs)
    if isinstance(ours, GraphQLObjectType | GraphQLInterfaceType):
        for field_name, field in ours.fields.items():
            model = theirs.fields[field_name]
            assert str(field.type) == str(model.type), field_name
            for argument_name, argument in field.args.items():
                assert str(argument.type) == str(model.args[argument_name].type), (field_name, argument_name)
                assert argument.default_value == model.args[argument_name].default_value, (field_name, argument_name)
            needed = {key for key, argument in model.args.items() if str(argument.type).endswith("!")}
            assert needed <= field.args.keys(), field_name
        assert {one.name for one in ours.interfaces} <= {one.name for one in theirs.interfaces}
    elif isinstance(ours, GraphQLEnumType):
        assert ours.values.keys() <= theirs.values.keys()
    elif isinstance(ours, GraphQLUnionType):
        assert {one.name for one in ours.types} <= {one.name for one in theirs.types}
    elif isinstance(ours, GraphQLInputObjectType):
        assert {key: str(field.type) for key, field in ours.fields.items()} == {
            key: str(theirs.fields[key].type) for key in ours.fields
        }
