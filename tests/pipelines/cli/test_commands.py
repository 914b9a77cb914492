"""The command line as a person uses it: real files in, real files out."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import av
import numpy as np
import pytest
from typer.testing import CliRunner

from avatar.media import Recording, write_wav
from avatar.motion import ARKIT58
from avatar.voices.base import Speech
from pipelines.benchmark import rendering
from pipelines.benchmark.timer import Timing, measure_each
from pipelines.cli import app
from tests.avatar.test_media import write
from tests.pipelines.cli.command import refusal, visavis


@pytest.fixture
def speech(tmp_path: Path, answer: Speech) -> Path:
    path = tmp_path / "answer.wav"
    write_wav(path, Recording(answer.pcm[: 2 * answer.rate], answer.rate))
    return path


@pytest.mark.parametrize(("generator", "widest"), [("rules", 0.0), ("learned", 0.05)])
def test_render_draws_listening_and_speaking(
    tmp_path: Path, speech: Path, question: Recording, generator: str, widest: float
) -> None:
    asked = tmp_path / "question.wav"
    write_wav(asked, Recording(question.pcm[: 2 * question.rate], question.rate))
    out, motion = tmp_path / "out.mp4", tmp_path / "motion.npz"
    shown = visavis(
        "render", "--speech", str(speech), "--user-audio", str(asked), "-o", str(out),
        "--motion-output", str(motion), "--generator", generator,
    )  # fmt: skip
    assert f"wrote {out}" in shown.stdout
    with np.load(motion) as stored:
        motions, begin = stored["motion"], float(stored["speech_at_s"])
        assert tuple(stored["names"]) == ARKIT58.channels
        assert stored["fps"] == 25
    jaw = motions[:, ARKIT58.index("jawOpen")]
    start = round(begin * 25)
    assert 1.5 < begin < 2.5
    assert jaw[:start].max() <= widest
    assert jaw[start : start + 40].max() > 0.2
    assert np.ptp(motions[:start, ARKIT58.index("headPitch")]) > 0.01
    assert out.stat().st_size > 20_000


def test_an_avatar_is_drawn_upright_and_small(tmp_path: Path) -> None:
    out = tmp_path / "say.mp4"
    visavis("say", "Hi.", "--size", "256", "--framing", "portrait", "-o", str(out))
    with av.open(str(out)) as video:
        stream = video.streams.video[0]
        assert (stream.width, stream.height) == (192, 256)


def test_a_framing_and_a_size_that_are_none_are_named() -> None:
    assert "'round'; known: square, portrait, landscape" in refusal(
        "say", "Hi.", "--framing", "round", "-o", "out.mp4"
    )
    assert "not 300" in refusal("say", "Hi.", "--size", "300", "-o", "out.mp4")


def test_say_speaks_a_text(tmp_path: Path) -> None:
    out = tmp_path / "say.mp4"
    visavis("say", "Hello!", "-o", str(out))
    assert out.stat().st_size > 10_000


def test_text_gives_the_lips_phones(tmp_path: Path, speech: Path) -> None:
    words = "Welcome! The meeting room is on the second floor."
    with_text, without = tmp_path / "a.npz", tmp_path / "b.npz"
    base = ("render", "--speech", str(speech), "-o", str(tmp_path / "o.mp4"), "--motion-output")
    visavis(*base, str(with_text), "--text", words)
    visavis(*base, str(without))
    press = ARKIT58.index("mouthPressLeft")
    assert np.load(with_text)["motion"][:, press].max() > 0.25
    assert np.abs(np.load(with_text)["motion"] - np.load(without)["motion"]).max() > 0.1


def test_avatars_are_listed_checked_and_previewed(tmp_path: Path) -> None:
    listed = json.loads(visavis("avatar", "list", "--json").stdout)
    assert "ana" in [row["name"] for row in listed["avatars"]]
    assert "good" in visavis("avatar", "check", "ana").stdout
    sheet = tmp_path / "sheet.png"
    visavis("avatar", "preview", "ana", "-o", str(sheet))
    assert sheet.read_bytes().startswith(b"\x89PNG")


def test_doctor_tells_what_is_here() -> None:
    shown = visavis("doctor").stdout
    assert "espeak" in shown
    assert "GPL-3.0" in shown
    assert "encoder libx264" in shown


@pytest.mark.parametrize(("renderer", "effects"), [("warp", True), ("neural", False)])
def test_bench_ends_with_one_json_object(
    monkeypatch: pytest.MonkeyPatch, renderer: str, effects: bool
) -> None:
    """The neural renderer has no effects to leave out."""

    def once(actions: Mapping[str, Callable[[], object]], *, batches: int) -> dict[str, Timing]:
        assert batches == 5
        return measure_each(actions, batches=1, calls=1)

    monkeypatch.setattr(rendering, "measure_each", once)
    wanted = ("--renderer", renderer, "--size", "256", "--json", "--batches", "5")
    result = CliRunner().invoke(app, ("bench", "render", *wanted), env={"COLUMNS": "200"})
    figures = json.loads(result.stdout.strip().splitlines()[-1])
    assert 0 < figures["ms_per_frame_min"] <= figures["ms_per_frame_median"]
    assert {"idle", "speaking", "laughing"} <= set(figures["kinds"])
    assert ("none" in figures["effects"]) == effects


def test_bad_input_is_one_message(tmp_path: Path) -> None:
    text = tmp_path / "text.wav"
    text.write_text("not a sound")
    shown = visavis("render", "--speech", str(text), "-o", str(tmp_path / "o.mp4"), ok=False)
    assert shown.stderr.startswith("error: ")
    assert "text.wav: not a WAV file" in shown.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["text.wav"]


def test_bad_input_leaves_nothing(tmp_path: Path, speech: Path) -> None:
    out = tmp_path / "out.mp4"
    text = tmp_path / "text.wav"
    text.write_text("not a sound")
    nan = tmp_path / "nan.npz"
    np.savez(nan, motion=np.full((9, 58), np.nan), names=np.array(ARKIT58.channels), fps=25)
    brackets = tmp_path / "x[bold].wav"
    brackets.write_text("not a sound")
    empty = write(tmp_path / "empty.wav", rate=16_000, seconds=0.0)
    for arguments, message in (
        (("--speech", str(text)), "text.wav: not a WAV file"),
        (("--speech", str(brackets)), "x[bold].wav: not a WAV file"),
        (("--speech", str(empty)), "empty.wav: holds 0 samples"),
        (("--user-motion", str(nan)), "nan.npz: motion holds a value that is not a finite number"),
        (("--speech", str(speech), "--avatar", "nobody"), "there is no avatar 'nobody'"),
        (("--speech", str(speech), "--generator", "magic"), "there is no generator 'magic'"),
        (("--speech", str(speech), "--emotion", "grumpy"), "there is no emotion 'grumpy'"),
        (("--speech", str(speech), "--speech-at", "inf"), "--speech-at"),
        (
            ("--speech", str(speech), "--motion-output", str(tmp_path)),
            "a folder; name a file in it",
        ),
        ((), "nothing to draw"),
    ):
        assert message in refusal("render", *arguments, "-o", str(out)).replace("\n", " ")
        assert not out.exists()
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".npz"] + [".wav"] * 4


def test_a_cache_that_cannot_be_written_is_named(tmp_path: Path, speech: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file")
    shown = visavis(
        "render", "--speech", str(speech), "-o", str(tmp_path / "o.mp4"), ok=False,
        XDG_CACHE_HOME=str(blocked),
    )  # fmt: skip
    assert "cannot be cached" in shown.stderr
    assert "XDG_CACHE_HOME" in shown.stderr


def test_an_output_folder_that_is_not_there_is_named(tmp_path: Path, speech: Path) -> None:
    out = tmp_path / "nowhere" / "o.mp4"
    said = refusal("render", "--speech", str(speech), "-o", str(out))
    assert "cannot be written there" in said
