"""The integrator's tools: Python functions and addresses that the language model may call.

Everything that cannot work is found when the kiosk starts. What goes wrong later is told to the
model in a sentence, and logged without what was said.
"""

import inspect
import json
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from importlib import import_module
from typing import Any, TypeAlias

from jsonschema import Draft202012Validator, SchemaError
from loguru import logger

from agent.knowledge.endpoint import COLLEAGUE_TOOL
from agent.nodes.answers import spoken
from agent.services.llm.actions import Action
from pipelines.configuration import ConfigurationError
from pipelines.kiosk.config import LanguageCode, ToolConfig, WebhookConfig
from pipelines.kiosk.threads import CallEnded, in_thread
from pipelines.kiosk.webhook import WebhookError, check_webhook, post

EVENT = "kiosk.tool"

RESERVED = ("look", "search_pages", "switch_language", COLLEAGUE_TOOL)
"""Tools of the kiosk's own."""

LARGEST_RESULT = 16 * 1024
"""Bytes of JSON that a model is given back."""

LONGEST_VALUE, LONGEST_QUESTION, LONGEST_ERROR = 60, 300, 200
"""Characters of an argument in a question, of a question, and of an error that a model is told."""

Arguments: TypeAlias = Mapping[str, Any]
Question: TypeAlias = str | Mapping[LanguageCode, str]
"""One text, or one for each language."""

Result: TypeAlias = Mapping[str, Any]
Tell: TypeAlias = Callable[[WebhookConfig, str, Mapping[str, Any]], Awaitable[bytes]]

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_REFERENCE = re.compile(r'"\$(?:dynamicRef|ref)": "([^"]*)"')
_post_once: Tell = partial(post, once=True)


def load_actions(tools: Sequence[ToolConfig], *, tell: Tell = _post_once) -> tuple[Action, ...]:
    """The tools of a kiosk. Raises ConfigurationError, which names the tool that cannot work."""
    taken = set[str](RESERVED)
    actions: list[Action] = []
    for tool in tools:
        where = f"kiosk.tools: {tool.name}"
        if tool.name in taken:
            raise ConfigurationError(f"{where}: there is another tool of this name; rename it")
        taken.add(tool.name)
        actions.append(_action(tool, where, tell))
    return tuple(actions)


def _action(tool: ToolConfig, where: str, tell: Tell) -> Action:
    validator = _validator(tool, where)
    if (tool.function is None) == (tool.webhook is None):
        raise ConfigurationError(f"{where}: either function or webhook was expected")
    if tool.webhook is not None:
        check_webhook(tool.webhook, f"{where}: webhook")
        run = partial(_ask_address, tool.name, tool.webhook, tell)
    else:
        run = _Function(tool.name, _imported(tool, where)).run
    if tool.confirm is not None:
        _check_question(tool.confirm, tool.parameters.get("properties", {}), where)
    return Action(
        name=tool.name,
        description=tool.description,
        parameters=tool.parameters,
        problem=partial(_problem, validator),
        run=run,
        question=None if tool.confirm is None else partial(_question, tool.confirm),
    )


def _validator(tool: ToolConfig, where: str) -> Draft202012Validator:
    """Takes the parameters that the schema names and, unless it says otherwise, no others."""
    schema = {"type": "object", "additionalProperties": False, **tool.parameters}
    if schema["type"] != "object":
        raise ConfigurationError(
            f"{where}: parameters must be of type object, {schema['type']!r} came"
        )
    try:
        Draft202012Validator.check_schema(schema)
        reference = _REFERENCE.search(json.dumps(schema))
    except SchemaError as error:
        place = "".join(f".{step}" for step in error.absolute_path)
        raise ConfigurationError(
            f"{where}: parameters{place} is no JSON Schema: {error.message}"
        ) from error
    except (TypeError, ValueError, RecursionError) as error:
        raise ConfigurationError(f"{where}: parameters is no JSON Schema: {error}") from error
    if reference is not None:
        raise ConfigurationError(
            f"{where}: parameters refers to {reference[1]}, which no model is shown; write it out"
        )
    return Draft202012Validator(schema)


def _imported(tool: ToolConfig, where: str) -> Callable[..., Any]:
    name = tool.function or ""
    module, _, function = name.partition(":")
    try:
        found = getattr(import_module(module), function)
    except (Exception, SystemExit) as error:
        raise ConfigurationError(
            f"{where}: {name} cannot be imported ({type(error).__name__}: {error}); install its "
            "module, or name its folder in PYTHONPATH"
        ) from error
    if not callable(found):
        raise ConfigurationError(f"{where}: {name} is no function but {type(found).__name__}")
    named = (tool.parameters.get("properties", {}), tool.parameters.get("required", ()))
    try:
        for names in named:
            inspect.signature(found).bind(**dict.fromkeys(names))
    except (TypeError, ValueError) as error:
        raise ConfigurationError(
            f"{where}: {name} cannot be called with its parameters: {error}"
        ) from error
    return found


def _check_question(confirm: Question, properties: Mapping[str, Any], where: str) -> None:
    for name in _PLACEHOLDER.findall("".join(_by_language(confirm).values())):
        if name not in properties:
            known = ", ".join(properties) or "it has none"
            raise ConfigurationError(
                f"{where}: confirm names {{{name}}}, which is none of its parameters ({known})"
            )


def _by_language(confirm: Question) -> Mapping[str, str]:
    if isinstance(confirm, str):
        return {"": confirm}
    return {str(code): text for code, text in confirm.items()}


def _problem(validator: Draft202012Validator, arguments: Arguments) -> str | None:
    """What is wrong with arguments, for the model; the first thing is enough."""
    for error in validator.iter_errors(arguments):
        place = ".".join(str(step) for step in error.absolute_path)
        return f"{place and f'{place}: '}{error.message}"[:LONGEST_ERROR]
    return None


def _question(confirm: Question, language: str, arguments: Arguments) -> str:
    """The question with its arguments, as plain text of bounded length."""
    texts = _by_language(confirm)
    text = texts.get(language) or next(iter(texts.values()))
    filled = _PLACEHOLDER.sub(lambda found: _plain(arguments.get(found[1], "")), text)
    return filled[:LONGEST_QUESTION]


def _plain(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    line = " ".join(spoken(text).split())
    return "".join(letter for letter in line if letter.isprintable())[:LONGEST_VALUE]


class _Function:
    """A function of the integrator's; a plain one has a thread, and one call at a time.

    So many threads at most are left behind by functions that hang.
    """

    def __init__(self, name: str, function: Callable[..., Any]) -> None:
        self._name, self._function = name, function
        self._running = False

    async def run(self, arguments: Arguments) -> Result:
        try:
            return _result(self._name, await self._returned(dict(arguments)))
        except (Exception, SystemExit) as error:  # noqa: BLE001 - somebody else's code
            logger.warning(f"the tool {self._name} failed: {type(error).__name__}")
            logger.debug(f"the tool {self._name} failed: {error}")
            said = str(error) or type(error).__name__
            return {"error": "it did not end properly" if _ended(error) else said[:LONGEST_ERROR]}

    async def _returned(self, arguments: dict[str, Any]) -> Any:
        if inspect.iscoroutinefunction(self._function):
            return await self._function(**arguments)
        if self._running:
            raise RuntimeError("an earlier call of it has not ended")
        self._running = True
        return await in_thread(lambda: self._called(arguments), self._name)

    def _called(self, arguments: dict[str, Any]) -> Any:
        try:
            return self._function(**arguments)
        finally:
            self._running = False


def _ended(error: BaseException) -> bool:
    return isinstance(error, SystemExit | CallEnded)


def _result(name: str, value: Any) -> Result:
    """What the model is given. Anything but JSON of bounded size is an error of the tool's."""
    try:
        size = len(json.dumps(value, allow_nan=False).encode())
    except (TypeError, ValueError, RecursionError) as error:
        logger.warning(f"the tool {name} gave {type(value).__name__}, which is no JSON")
        return {"error": f"its result is no JSON ({type(error).__name__})"}
    if size > LARGEST_RESULT:
        logger.warning(f"the tool {name} gave {size} bytes; {LARGEST_RESULT} are the most")
        return {"error": "its result is too large"}
    return {"result": "done" if value is None else value}


async def _ask_address(
    name: str, config: WebhookConfig, tell: Tell, arguments: Arguments
) -> Result:
    try:
        answer = await tell(config, EVENT, {"tool": name, "arguments": dict(arguments)})
    except WebhookError as error:
        logger.warning(f"the tool {name} failed: {error}")
        return {"error": "its service did not do it; it may be down"}
    if len(answer) > LARGEST_RESULT:
        logger.warning(f"the tool {name} gave more than {LARGEST_RESULT} bytes")
        return {"error": "its result is too large"}
    try:
        return _result(name, json.loads(answer) if answer.strip() else None)
    except (ValueError, RecursionError):
        logger.warning(f"the tool {name} gave no JSON")
        return {"error": "its result is no JSON"}
