"""The worker process of `avatar.voices.piper`: runs a voice's network, with one thread."""

import json
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeAlias

from avatar.errors import PartUnavailable, VoiceError
from avatar.worker_protocol import Message, Replies, serve

STRESS = frozenset("ˈˌ")

WORD_END = " "

MARKS = frozenset({"Lm", "Mn", "Sk", "Nd"})
"""Unicode categories of length, nasality, aspiration, tone: they belong to the sound before."""

SOUNDS = frozenset({"Ll", "Lu", "Lo"})

Span: TypeAlias = tuple[str, int, int]
"""A phone, its first sample and the sample behind its last."""


def phone_spans(timed: Iterable[tuple[str, int]]) -> list[Span]:
    """Phones out of the signs that Piper's networks read, each with its number of samples.

    A phone takes its stress and length marks and the end of its word; all else that is no letter is
    a pause.
    """
    spans: list[Span] = []
    at, stress = 0, ""
    for sign, samples in timed:
        at += samples
        if sign in STRESS:
            stress += sign
            continue
        category = unicodedata.category(sign[0])
        last, start, end = spans[-1] if spans else ("", 0, 0)
        if spans and not stress and _continues(sign, category, last):
            spans[-1] = (last + sign if last and category in MARKS else last, start, at)
        else:
            spans.append((stress + sign if category in SOUNDS else "", end, at))
            stress = ""
    return spans


def _continues(sign: str, category: str, last: str) -> bool:
    return sign == WORD_END or category in MARKS or (category not in SOUNDS and not last)


class Speaker:
    """The voice that was loaded last."""

    def __init__(self) -> None:
        """Nothing is loaded before the first request."""
        self._model = ""
        self._voice: Any = None
        self._timed = False

    def answer(self, request: Message, replies: Replies) -> None:
        """Load a voice and, unless that is all, say pieces of text: a reply for each."""
        header = request.header
        self._load(header["model"])
        if header["do"] == "load":
            replies.send({"rate": self._voice.config.sample_rate, "timed": self._timed})
            return
        for piece in header["pieces"]:
            pcm, phones = self._say(piece, header["speaker"])
            if not replies.send({"phones": phones}, pcm):
                return

    def _load(self, model: str) -> None:
        if model == self._model:
            return
        try:
            from piper import PiperVoice
            from piper.config import PiperConfig
        except ImportError as error:
            raise PartUnavailable("Piper is not installed: pip install piper-tts") from error
        settings = json.loads(Path(f"{model}.json").read_text(encoding="utf-8"))
        network, self._timed = _network(Path(model))
        try:
            config = PiperConfig.from_dict(settings)
        except (KeyError, TypeError, ValueError) as error:
            raise VoiceError(f"{model}.json: cannot be used ({error}); copy it anew") from error
        self._voice = PiperVoice(session=network, config=config)
        self._model = model

    def _say(self, text: str, speaker: int | None) -> tuple[bytes, list[Span] | None]:
        """PCM16 of a text and its phones, None when the voice does not tell them."""
        from piper.config import SynthesisConfig

        wish = SynthesisConfig(speaker_id=speaker, normalize_audio=False)
        sound: list[bytes] = []
        signs: list[tuple[str, int]] = []
        timed = self._timed
        for chunk in self._voice.synthesize(text, wish, include_alignments=self._timed):
            sound.append(chunk.audio_int16_bytes)
            timed = timed and chunk.phoneme_alignments is not None
            signs += [(one.phoneme, int(one.num_samples)) for one in chunk.phoneme_alignments or ()]
        return b"".join(sound), phone_spans(signs) if timed else None


def _network(model: Path) -> tuple[Any, bool]:
    """An inference session, and whether it has the lengths of phones as a second output."""
    import onnxruntime
    from onnxruntime.capi import (
        onnxruntime_pybind11_state as failures,  # pyright: ignore[reportAttributeAccessIssue]
    )

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    try:
        session = onnxruntime.InferenceSession(
            _with_lengths(model), options, providers=["CPUExecutionProvider"]
        )
    except (
        failures.Fail,
        failures.InvalidArgument,
        failures.InvalidGraph,
        failures.InvalidProtobuf,
        failures.RuntimeException,
    ) as error:
        raise VoiceError(
            f"{model}: an ONNX network was expected and this is none, or half of one; copy the "
            f"file anew ({str(error).splitlines()[0]})"
        ) from error
    names = {one.name for one in session.get_inputs()}
    if not names >= {"input", "input_lengths", "scales"}:
        raise VoiceError(
            f"{model}: a network with the inputs of Piper's was expected, it has "
            f"{', '.join(sorted(names))}; choose another file"
        )
    return session, len(session.get_outputs()) > 1


def _with_lengths(model: Path) -> bytes:
    """The file's bytes; with `onnx` at hand also telling the lengths of phones, if they are there.

    A VITS network rounds the lengths up in its only Ceil node.
    """
    content = model.read_bytes()
    try:
        import onnx
        from google.protobuf.message import DecodeError
        from piper.patch_voice_with_alignment import add_alignment_output
    except ImportError:
        return content
    try:
        network = onnx.load_from_string(content)
        add_alignment_output(network)
    except (DecodeError, ValueError):
        return content
    return network.SerializeToString()


if __name__ == "__main__":
    serve(Speaker().answer)
