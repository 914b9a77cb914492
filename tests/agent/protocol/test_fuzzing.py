"""JSON made of the events' own fields, with values of any kind: refused with a code, or taken."""

import json
from contextlib import suppress
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeAlias, Union, get_args, get_origin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from agent.protocol.client import ClientConnection
from agent.protocol.connection import ServerConnection
from agent.protocol.errors import ProtocolError
from agent.protocol.events.parsing import AnyClientEvent
from agent.protocol.events.reading import SERVER_EVENTS
from agent.protocol.events.session import AvatarFacts, MotionFacts, SessionUpdate
from agent.protocol.media import MediaFrame, decode, encode

Strategy: TypeAlias = st.SearchStrategy[Any]

CLIENT_EVENTS: tuple[type[BaseModel], ...] = get_args(AnyClientEvent)
ODD_INTEGERS = st.sampled_from([-1, 0, 1, 1 << 31, 1 << 63, 1 << 64, -(1 << 70), 10**400])
ODD_NUMBERS = st.sampled_from([1e308, -0.0, float("nan"), float("inf"), 0.5])
TEXTS = st.text(st.characters(codec=None), max_size=8)
"""Halves of surrogate pairs are among them."""

SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), ODD_INTEGERS, ODD_NUMBERS, TEXTS)


def fields_of(models: tuple[type[BaseModel], ...]) -> set[str]:
    return {name for model in models for name in model.model_fields}


NAMES = st.sampled_from(sorted(fields_of((*CLIENT_EVENTS, *SERVER_EVENTS.values())))) | TEXTS
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)


def fitting(kind: Any) -> Strategy:
    """Values that an annotation allows, more or less: limits are not kept."""
    origin, inside = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return fitting(inside[0])
    if origin is Literal:
        return st.sampled_from(inside)
    if origin in (UnionType, Union):
        return st.one_of([fitting(each) for each in inside])
    if origin is tuple and inside[-1] is not Ellipsis:
        return st.tuples(*map(fitting, inside)).map(list)
    if origin in (tuple, list):
        return st.lists(fitting(inside[0]), max_size=3)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return filled(kind)
    plain: dict[Any, Strategy] = {
        bool: st.booleans(),
        int: st.integers(0, 1000) | ODD_INTEGERS,
        float: st.floats() | ODD_NUMBERS,
        str: TEXTS,
        NoneType: st.none(),
    }
    return plain.get(kind, ANYTHING)


def filled(model: type[BaseModel]) -> Strategy:
    """An object of a model's fields, some left out and some with what does not belong there."""
    wanted: dict[str, Strategy] = {}
    others: dict[str, Strategy] = {}
    for name, field in model.model_fields.items():
        fits = st.deferred(lambda kind=field.annotation: fitting(kind))
        value = fits if name == "type" else st.one_of(fits, fits, fits, ANYTHING)
        (wanted if field.is_required() or name == "type" else others)[name] = value
    return st.fixed_dictionaries(wanted, optional=others)


CLIENT_TEXTS = st.one_of([filled(event) for event in CLIENT_EVENTS]).map(json.dumps)
SERVER_TEXTS = st.one_of([filled(event) for event in SERVER_EVENTS.values()]).map(json.dumps)
FRAMES = st.one_of(
    st.binary(max_size=40),
    st.builds(
        lambda frame, version, end: bytes([version]) + encode(frame)[1:end],
        st.builds(
            MediaFrame,
            kind=st.integers(0, 255),
            turn=st.integers(0, 2**32 - 1),
            media_time_us=st.integers(0, 2**64 - 1),
            payload=st.binary(max_size=40),
            flags=st.integers(0, 2**16 - 1),
        ),
        st.sampled_from([0, 1, 1, 2, 255]),
        st.integers(1, 60),
    ),
)
thorough = settings(max_examples=300, deadline=None)


def a_server() -> ServerConnection:
    facts = AvatarFacts(name="Ana", disclosure="An AI.", motion=MotionFacts())
    return ServerConnection("sess_1", "model", facts)


def told(server: ServerConnection, message: str | bytes) -> str | None:
    """What the server's side writes about a message, with the errors that it may raise."""
    try:
        if isinstance(message, bytes):
            server.binary(message)
            return None
        event = server.text(message)
        if not isinstance(event, SessionUpdate):
            return None
        return server.wire(server.update(event))
    except ProtocolError as error:
        return server.wire(server.refuse(error))


def nested(depth: int) -> str:
    return '{"a":' * depth + "1" + "}" * depth


def with_tool(parameters: str) -> str:
    tool = f'{{"type":"function","name":"look","parameters":{parameters}}}'
    return f'{{"type":"session.update","session":{{"tools":[{tool}]}}}}'


@thorough
@given(st.lists(CLIENT_TEXTS, min_size=1, max_size=3))
def test_whatever_a_client_says_is_answered_in_json(texts: list[str]) -> None:
    server = a_server()
    for text in texts:
        answer = told(server, text)
        assert answer is None or json.loads(answer)["type"] in ("session.updated", "error")


@thorough
@given(ANYTHING.map(json.dumps))
def test_any_json_to_the_server_is_answered_in_json(text: str) -> None:
    answer = told(a_server(), text)
    assert answer is not None
    assert json.loads(answer)["type"] == "error"


@pytest.mark.parametrize("depth", [10, 240, 300, 900, 5000])
def test_a_tool_of_any_depth_is_agreed_on_or_refused(depth: int) -> None:
    answer = told(a_server(), with_tool(nested(depth)))
    assert answer is not None
    assert json.loads(answer)["type"] in ("session.updated", "error")


@pytest.mark.parametrize("odd", ['{"a":"\\ud800"}', '{"\\ud800":1}', '{"a":1e999}'])
def test_a_tool_that_no_json_can_say_again_is_refused(odd: str) -> None:
    answer = told(a_server(), with_tool(odd))
    assert answer is not None
    assert "Infinity" not in answer
    assert json.loads(answer)["type"] in ("session.updated", "error")


@pytest.mark.parametrize(
    "event",
    [
        {"type": "conversation.item.create", "item": {"content": [{"type": "input_text"}]}},
        {"type": "session.update", "session": {"instructions": ""}},
    ],
)
def test_half_a_surrogate_pair_is_refused_in_words_that_go_on(event: dict[str, Any]) -> None:
    """They are sent back as captions and to language models, which take UTF-8."""
    text = json.dumps(event).replace('"input_text"', '"input_text", "text": "\\ud800"')
    text = text.replace('"instructions": ""', '"instructions": "\\ud800"')
    with pytest.raises(ProtocolError) as refused:
        a_server().text(text)
    assert refused.value.code == "invalid_event"


@thorough
@given(FRAMES)
def test_any_frame_is_taken_or_refused_by_both_sides(data: bytes) -> None:
    server = a_server()
    told(server, '{"type":"session.update","session":{"avatar":{"media":"binary"}}}')
    told(server, data)
    with suppress(ProtocolError):
        assert encode(decode(data)) == data
    with suppress(ProtocolError):
        ClientConnection().received(data)


@thorough
@given(st.lists(SERVER_TEXTS, min_size=1, max_size=4))
def test_whatever_a_server_says_is_understood_or_refused(texts: list[str]) -> None:
    client = ClientConnection()
    for text in texts:
        with suppress(ProtocolError):
            client.received(text)


@thorough
@given(ANYTHING)
def test_an_agreement_of_anything_is_understood_or_refused(agreed: Any) -> None:
    client = ClientConnection()
    with suppress(ProtocolError):
        client.received(json.dumps({"type": "session.updated", "session": {"avatar": agreed}}))


@thorough
@given(ANYTHING.map(json.dumps))
def test_any_json_to_a_client_is_understood_or_refused(text: str) -> None:
    with suppress(ProtocolError):
        ClientConnection().received(text)
