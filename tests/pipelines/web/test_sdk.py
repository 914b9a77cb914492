"""The browser SDK's arithmetic, run in node: frames as the server makes them, and the clock."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from agent.protocol.media import MediaFlag, MediaFrame, MediaKind, decode, encode

SDK = Path(__file__).parents[3] / "agent" / "client" / "browser"

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="needs node")


def run(program: str) -> Any:
    """What a module that may use `media` and `clock` prints as JSON."""
    imports = "".join(
        f"import * as {name} from {json.dumps((SDK / f'{name}.js').as_uri())};\n"
        for name in ("media", "clock", "morphs")
    )
    shown = subprocess.run(
        ["node", "--input-type=module"],
        input=imports + program,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(shown.stdout)


def clock_after(events: str) -> Any:
    return run(f"const c = new clock.MediaClock();\n{events}")


def test_a_frame_is_read_as_it_was_written() -> None:
    time_us = 3 * 3_600_000_000 + 40_000
    frame = MediaFrame(
        MediaKind.AVATAR_AUDIO, 70_000, time_us, b"\x00\x40\xff\x7f", MediaFlag.SPEAKING
    )
    read = run(
        f"const f = media.decode(new Uint8Array({list(encode(frame))}).buffer);"
        "console.log(JSON.stringify({...f, payload: [...media.samplesOf(f.payload)]}))"
    )
    assert read == {
        "kind": 2,
        "flags": 2,
        "turn": 70_000,
        "mediaTimeUs": time_us,
        "payload": [0.5, pytest.approx(32767 / 32768)],
    }


def test_a_frame_is_written_as_the_server_reads_it() -> None:
    written = run(
        "const b = media.encode(media.Kind.USER_AUDIO, 5e9 + 0.4, new Uint8Array([1, 2]).buffer);"
        "console.log(JSON.stringify([...new Uint8Array(b)]))"
    )
    assert decode(bytes(written)) == MediaFrame(MediaKind.USER_AUDIO, 0, 5_000_000_000, b"\x01\x02")


def test_what_is_no_frame_is_none() -> None:
    short, strange = run(
        "console.log(JSON.stringify([media.decode(new ArrayBuffer(15)),"
        "media.decode(new Uint8Array(20).fill(2).buffer)]))"
    )
    assert (short, strange) == (None, None)


def test_the_earliest_arrival_sets_the_clock() -> None:
    due_ms = clock_after(
        "for (const [i, late] of [30, 5, 50, 12].entries())"
        "  c.observe(i * 40000, 1000 + i * 40 + late, true);"
        "console.log(c.localMs(160000))"
    )
    assert due_ms == pytest.approx(1000 + 5 + 160 + 120)


def test_the_clock_stands_still_while_something_is_heard() -> None:
    before, during, after = clock_after(
        "const at = []; const see = (silent, n, early) => {"
        " for (let i = n; i < n + 20; i++) c.observe(i * 40000, 1000 + i * 40 - early, silent);"
        " at.push(c.localMs(0)); };"
        "see(true, 0, 0); see(false, 20, 50); see(true, 40, 50); console.log(JSON.stringify(at))"
    )
    assert before == pytest.approx(1120)
    assert during == before
    assert after == pytest.approx(1040)


@pytest.mark.parametrize(("late", "buffer"), [(5, 80), (60, 100), (300, 120)])
def test_the_buffer_is_as_large_as_the_way_needs(late: int, buffer: int) -> None:
    due_ms = clock_after(
        f"for (let i = 0; i < 50; i++)"
        f"  c.observe(i * 40000, 1000 + i * 40 + {late} * (i % 4 === 1), true);"
        "console.log(c.localMs(0))"
    )
    assert due_ms == pytest.approx(1000 + buffer, abs=7)


def test_a_motion_moves_any_head() -> None:
    moved = run(
        "const names = ['jawOpen', 'eyeBlinkLeft', 'headYaw', 'headPitch', 'headRoll'];"
        "const mesh = {morphTargetDictionary: {'Head.JawOpen': 1, other: 0},"
        " morphTargetInfluences: [0.5, 0]};"
        "const set = []; const head = {rotation: {set: (...to) => set.push(...to)}};"
        "const motion = morphs.namedMotion(names, [0.25, 1, 0.1, 0.2, 0.3]);"
        "morphs.applyMotion(motion, {meshes: [mesh], head});"
        "console.log(JSON.stringify([mesh.morphTargetInfluences, set]))"
    )
    assert moved == [[0.5, 0.25], [-0.2, 0.1, -0.3, "YXZ"]]


def test_a_way_that_became_longer_is_not_lost_on_a_listener() -> None:
    due_ms = clock_after(
        "for (let i = 0; i < 20; i++) c.observe(i * 40000, 1000 + i * 40, false);"
        "for (let i = 20; i < 40; i++) c.observe(i * 40000, 1000 + i * 40 + 400, false);"
        "console.log(c.localMs(0))"
    )
    assert due_ms == pytest.approx(1000 + 400 + 120)


def test_local_and_media_time_are_inverse() -> None:
    there_and_back = clock_after(
        "c.observe(40000, 1234.5, true); console.log(c.mediaTimeUs(c.localMs(987654321)))"
    )
    assert there_and_back == 987_654_321
