"""The pages for developers: their snippets compile, and what they name exists."""

import ast
import importlib
import inspect
import re
from pathlib import Path

import pytest

import agent.frames
import agent.nodes

ROOT = Path(__file__).parents[2]
PAGES = ("pipecat", "extend")


def text(page: str) -> str:
    return (ROOT / "docs" / f"{page}.md").read_text()


def snippets(page: str) -> list[str]:
    return re.findall(r"```python\n(.*?)```", text(page), flags=re.DOTALL)


@pytest.mark.parametrize("page", PAGES)
def test_snippets_compile_and_import_what_exists(page: str) -> None:
    assert len(snippets(page)) >= 2
    for snippet in snippets(page):
        code = compile(snippet, page, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        assert code.co_code
        for node in ast.walk(ast.parse(snippet)):
            if isinstance(node, ast.ImportFrom):
                module = importlib.import_module(node.module or "")
                assert [name.name for name in node.names if not hasattr(module, name.name)] == []


@pytest.mark.parametrize("page", PAGES)
def test_files_and_modules_that_are_named_exist(page: str) -> None:
    named = re.findall(r"`((?:agent|avatar|pipelines|tests|examples)/[\w/.]*)`", text(page))
    missing = [path for path in named if not (ROOT / path).exists()]
    assert missing == []
    for dotted in re.findall(r"`((?:agent|avatar|pipelines)\.[\w.]+)`", text(page)):
        module, _, name = dotted.rpartition(".")
        assert hasattr(importlib.import_module(module), name), dotted


def test_all_frames_and_nodes_are_told_of() -> None:
    frames = {
        name
        for name, value in inspect.getmembers(agent.frames, inspect.isclass)
        if value.__module__ == "agent.frames"
    }
    told = set(re.findall(r"`(\w+)`", text("pipecat")))
    assert frames - told == set()
    assert set(agent.nodes.__all__) - told <= {"UserSignalTap"}


def test_the_settings_that_are_named_are_accepted() -> None:
    """The snippets' calls of the avatar's own functions fit their signatures."""
    for page in PAGES:
        for snippet in snippets(page):
            names: dict[str, object] = {}
            for node in ast.walk(ast.parse(snippet)):
                if isinstance(node, ast.ImportFrom):
                    module = importlib.import_module(node.module or "")
                    names |= {name.name: getattr(module, name.name) for name in node.names}
            for node in ast.walk(ast.parse(snippet)):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                    called = names.get(node.func.id)
                    if callable(called):
                        given = {word.arg or "": None for word in node.keywords}
                        inspect.signature(called).bind(*node.args, **given)
