"""Piper with tiny networks made here, in which every sign of a text has its length and level."""

import json
from collections.abc import Callable
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soxr
from piper.phoneme_ids import DEFAULT_PHONEME_ID_MAP

from avatar.errors import VoiceError
from avatar.tick import VoiceSamples
from avatar.voices.base import Speech, Voice, speak
from avatar.voices.espeak import EspeakVoice
from avatar.voices.piper import PiperConfig, PiperVoice

onnx = pytest.importorskip("onnx", reason="needs the package onnx")

RATE = 16_000
HOP = 256
FRAMES = 3
"""Frames of HOP samples that each id lasts."""

TEXT = "Papa is here. Are you?"


def save_voice(path: Path, nodes: list[Any], constants: dict[str, np.ndarray], **more: Any) -> Path:
    """A Piper voice out of the nodes of a network that reads `input` and writes `output`."""
    from onnx import TensorProto, helper, numpy_helper

    inputs = [
        helper.make_tensor_value_info("input", TensorProto.INT64, ["batch", "ids"]),
        helper.make_tensor_value_info("input_lengths", TensorProto.INT64, ["batch"]),
        helper.make_tensor_value_info("scales", TensorProto.FLOAT, [3]),
    ]
    if more.get("num_speakers", 1) > 1:
        inputs.append(helper.make_tensor_value_info("sid", TensorProto.INT64, ["batch"]))
    output = helper.make_tensor_value_info("output", TensorProto.FLOAT, None)
    stored = [numpy_helper.from_array(value, name) for name, value in constants.items()]
    graph = helper.make_graph(nodes, "voice", inputs, [output], stored)
    opset = helper.make_opsetid("", 15)
    onnx.save(helper.make_model(graph, opset_imports=[opset], ir_version=8), str(path))
    settings = {
        "audio": {"sample_rate": RATE},
        "espeak": {"voice": "en-us"},
        "phoneme_type": "espeak",
        "num_symbols": 256,
        "num_speakers": 1,
        "phoneme_id_map": DEFAULT_PHONEME_ID_MAP,
        "hop_length": HOP,
        **more,
    }
    Path(f"{path}.json").write_text(json.dumps(settings), encoding="utf-8")
    return path


def levels_voice(path: Path, *, speakers: int = 1) -> Path:
    """Each id is a stretch of constant level id / 512, doubled for the second speaker."""
    from onnx import helper

    constants = {
        "zero": np.zeros(1, np.float32),
        "frames": np.full(1, FRAMES - 0.5, np.float32),
        "stretch": np.full(FRAMES * HOP, 1 / 512, np.float32),
        "last": np.array([2], np.int64),
        "flat": np.array([1, 1, -1], np.int64),
        "one": np.ones(1, np.float32),
    }
    nodes = [
        helper.make_node("Cast", ["input"], ["ids"], to=1),
        helper.make_node("Mul", ["ids", "zero"], ["nothing"]),
        helper.make_node("Add", ["nothing", "frames"], ["lengths"]),
        helper.make_node("Ceil", ["lengths"], ["whole_lengths"]),
        helper.make_node("Unsqueeze", ["ids", "last"], ["column"]),
        helper.make_node("Mul", ["column", "stretch"], ["stretches"]),
        helper.make_node("Reshape", ["stretches", "flat"], ["sound"]),
    ]
    if speakers > 1:
        nodes += [
            helper.make_node("Cast", ["sid"], ["speaker"], to=1),
            helper.make_node("Add", ["speaker", "one"], ["gain"]),
            helper.make_node("Mul", ["sound", "gain"], ["output"]),
        ]
    else:
        nodes.append(helper.make_node("Identity", ["sound"], ["output"]))
    return save_voice(path, nodes, constants, num_speakers=speakers)


def recorded_voice(path: Path, pcm: VoiceSamples) -> Path:
    """Whatever it is given it says the same, and it tells no lengths."""
    from onnx import helper

    sound = (pcm.astype(np.float32) / 32768)[None, None]
    return save_voice(path, [helper.make_node("Identity", ["sound"], ["output"])], {"sound": sound})


@pytest.fixture(scope="session")
def levels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return levels_voice(tmp_path_factory.mktemp("piper") / "levels.onnx")


@pytest.fixture(scope="session")
def said(levels: Path) -> Speech:
    with closing(PiperVoice(PiperConfig(levels))) as voice:
        assert isinstance(voice, Voice)
        assert voice.rate == RATE
        return speak(voice, TEXT)


def test_phones_cover_the_sound(said: Speech) -> None:
    symbols = [phone.symbol.lstrip("ˈˌ") for phone in said.phones if phone.symbol]
    assert symbols[:4] == ["p", "ɑː", "p", "ə"]
    assert said.phones[0].start_s == 0
    assert said.phones[-1].end_s == pytest.approx(said.duration_s)
    assert all(
        before.end_s == pytest.approx(after.start_s) for before, after in pairwise(said.phones)
    )
    assert said.words == ()


def test_phones_stand_where_the_network_put_them(said: Speech) -> None:
    p_level = DEFAULT_PHONEME_ID_MAP["p"][0] / 512 * 32767
    loud = [
        int(said.pcm[round(phone.start_s * RATE) + HOP * FRAMES // 2])
        for phone in said.phones
        if phone.symbol == "p"
    ]
    assert loud == pytest.approx([p_level] * 2, abs=1)


def test_a_chunk_per_sentence_and_its_times_go_on(levels: Path) -> None:
    with closing(PiperVoice(PiperConfig(levels))) as voice:
        first, second = voice.say(TEXT)
    assert second.phones[0].start_s == pytest.approx(len(first.pcm) / RATE)
    assert second.phones[-1].end_s == pytest.approx((len(first.pcm) + len(second.pcm)) / RATE)


def test_speakers_are_told_apart(tmp_path: Path) -> None:
    model = levels_voice(tmp_path / "two.onnx", speakers=2)
    peaks: list[int] = []
    for speaker in (0, 1):
        with closing(PiperVoice(PiperConfig(model, speaker))) as voice:
            peaks.append(int(speak(voice, "Papa.").pcm.max()))
    assert peaks[1] == pytest.approx(2 * peaks[0], abs=2)
    with pytest.raises(VoiceError, match="2 speakers, counted from 0: there is no speaker 2"):
        PiperVoice(PiperConfig(model, 2))


def test_a_voice_without_lengths_gets_its_phones_by_alignment(
    tmp_path: Path, espeak: EspeakVoice
) -> None:
    text = "Papa is here and mama is there."
    spoken = speak(espeak, text)
    pcm = soxr.resample(spoken.pcm, spoken.rate, RATE)
    model = recorded_voice(tmp_path / "tape.onnx", pcm)
    with closing(PiperVoice(PiperConfig(model))) as voice:
        aligned = speak(voice, text)
        other = speak(voice, "No.")
    starts = [p.start_s for p in spoken.phones if p.symbol]
    found = [p.start_s for p in aligned.phones if p.symbol]
    assert np.median(np.abs(np.subtract(found, starts))) < 0.03
    assert aligned.phones[-1].end_s == pytest.approx(aligned.duration_s)
    assert other.phones == ()


def test_raw_phones_are_not_for_texts(levels: Path) -> None:
    with closing(PiperVoice(PiperConfig(levels))) as voice:
        plain = [phone.symbol for phone in speak(voice, "mmm. papa").phones]
        assert [phone.symbol for phone in speak(voice, "[[mmm. papa").phones] == plain


def test_what_cannot_be_said(levels: Path) -> None:
    with closing(PiperVoice(PiperConfig(levels))) as voice:
        assert len(speak(voice, "...").pcm) == 0
        with pytest.raises(VoiceError, match="blank"):
            voice.say("  ")


def remove_model(model: Path) -> None:
    model.unlink()


def remove_description(model: Path) -> None:
    Path(f"{model}.json").unlink()


def cut_model(model: Path) -> None:
    model.write_bytes(model.read_bytes()[:-100])


def empty_model(model: Path) -> None:
    model.write_bytes(b"")


def no_json(model: Path) -> None:
    Path(f"{model}.json").write_text("{")


def other_phones(model: Path) -> None:
    path = Path(f"{model}.json")
    path.write_text(
        path.read_text().replace('"phoneme_type": "espeak"', '"phoneme_type": "pinyin"')
    )


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (remove_model, "visavis fetch recommended"),
        (remove_description, r"onnx\.json: there is no such file"),
        (cut_model, "copy the file anew"),
        (empty_model, "copy the file anew"),
        (no_json, "not the description of a Piper voice"),
        (other_phones, "of type 'pinyin'"),
    ],
)
def test_missing_and_broken_files_are_named(
    tmp_path: Path, damage: Callable[[Path], None], message: str
) -> None:
    model = levels_voice(tmp_path / "broken.onnx")
    damage(model)
    with pytest.raises(VoiceError, match=message):
        PiperVoice(PiperConfig(model))
