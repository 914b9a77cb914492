"""A kiosk as it is started: visits over its own websocket, with real sound and a camera."""

import asyncio
import json
import shutil
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.pipelines.live.conftest import Server, started, stopped
from tests.pipelines.live.test_bad_input import until
from tests.pipelines.live.visitor import Visitor, spoken, visit

pytestmark = [
    pytest.mark.realtime,
    pytest.mark.skipif(shutil.which("flite") is None, reason="needs flite"),
]

SMALL = {"width": 256, "height": 256}
SETTINGS = """
stt: pocketsphinx
llm: knowledge
voice: flite:slt
generator: rules
size: 256
languages:
  de: {}
kiosk:
  branding: {name: Lindenhof}
  hand_off: {command: [touch, CALLED]}
  presence: {departed_s: 2}
  visit: {farewell_s: 0.5, goodbye_s: 1}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("kiosk")
    (made / "kiosk.yaml").write_text(SETTINGS.replace("CALLED", str(made / "called")))
    return made


@pytest.fixture(scope="module")
def kiosk(folder: Path) -> Generator[Server]:
    running = started("--dir", str(folder), verb="kiosk")
    yield running
    stopped(running)
    assert "Traceback" not in "".join(running.lines)


def states(visitor: Visitor) -> list[str]:
    told = [event["state"] for event in visitor.of("kiosk.state")]
    return [state for state, before in zip(told, [None, *told], strict=False) if state != before]


def said(visitor: Visitor, role: str) -> str:
    return " ".join(e["text"] for e in visitor.of("caption.done") if e["role"] == role)


async def test_a_visit_from_the_first_word_to_the_last(kiosk: Server, tmp_path: Path) -> None:
    async with visit(kiosk.port, video=SMALL) as visitor:
        await until(lambda: states(visitor) == ["attract"], 5)
        await visitor.silence(0.5)
        await visitor.say(spoken("What is the wifi password?", tmp_path))
        quiet = asyncio.create_task(visitor.silence(60))
        await until(lambda: "Lindenhof Guest" in said(visitor, "assistant"), 20)
        first, second, *_ = [
            e["text"] for e in visitor.of("caption.done") if e["role"] == "assistant"
        ]
        assert "an AI" in first
        assert "password" in second
        assert "what" in said(visitor, "user").lower(), "the first words are not lost"
        (source,) = visitor.of("kiosk.sources")[0]["sources"]
        assert source.endswith(".md)")
        quiet.cancel()
        await visitor.say(spoken("Goodbye.", tmp_path))
        quiet = asyncio.create_task(visitor.silence(60))
        await until(lambda: states(visitor)[-2:] == ["reset", "attract"], 20)
        quiet.cancel()
        assert "farewell" in states(visitor)


async def test_one_whom_nobody_can_hear_is_served_by_touch_and_gets_a_person(
    kiosk: Server, folder: Path
) -> None:
    async with visit(kiosk.port, video=SMALL) as visitor:
        quiet = asyncio.create_task(visitor.silence(90))
        await visitor.tell(type="kiosk.touch")
        await until(lambda: "an AI" in said(visitor, "assistant"), 15)
        await visitor.tell(type="avatar.config.update", language="de")
        await until(lambda: visitor.of("kiosk.state")[-1]["language"] == "de", 5)
        text = [{"type": "input_text", "text": "Wo kann ich parken?"}]
        item = {"type": "message", "role": "user", "content": text}
        await visitor.tell(type="conversation.item.create", item=item)
        await visitor.tell(type="response.create")
        await until(lambda: "Tiefgarage" in said(visitor, "assistant"), 15)
        await visitor.tell(type="kiosk.call")
        await until(lambda: (folder / "called").exists(), 10)
        await until(lambda: visitor.of("kiosk.called")[-1]["outcome"] == "called", 10)
        await visitor.tell(type="kiosk.reset")
        await until(lambda: states(visitor)[-1] == "attract", 10)
        assert visitor.of("kiosk.state")[-1]["language"] == "en"
        quiet.cancel()


def test_a_short_day_leaves_nobody_unserved_and_nothing_behind() -> None:
    command = [sys.executable, "-m", "pipelines", "bench", "visitors", "--visitors", "4", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=150, check=True)
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["visitors"] == 4
    faults = ("unserved", "reset_mid_sentence", "stuck_states", "content_files_written")
    assert {name: found[name] for name in faults} == dict.fromkeys(faults, 0)
    assert found["foreign_peers"] == 0
    assert found["recovery_s_max"] <= 5
