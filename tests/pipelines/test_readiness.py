"""Choosing the parts of a conversation."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from openai import AsyncOpenAI

from agent.knowledge.responder import ChatTurn, Reply, ReplyKind
from avatar.errors import PartUnavailable, UnknownPart
from pipelines.capabilities import capabilities, chosen_parts
from pipelines.config import LanguageConfig, ServeConfig
from pipelines.kiosk.config import KioskConfig
from pipelines.readiness import chosen_cast, with_answers


@pytest.fixture(autouse=True)
def bare_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No language model and no models on disk."""
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_MODEL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("VISAVIS_MODELS", str(tmp_path))
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))


def test_what_is_embedded_is_taken_when_there_is_nothing_better() -> None:
    cast = chosen_cast(ServeConfig())
    assert (cast.first.stt, cast.llm) == ("pocketsphinx", "knowledge")
    assert cast.first.voice in ("flite", "espeak")


def test_a_language_model_is_taken_when_the_environment_names_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://localhost:11434/v1")
    monkeypatch.setenv("OPENAI_MODEL", "mine")
    cast = chosen_cast(ServeConfig())
    assert cast.llm == "openai"
    assert (cast.endpoint.base_url, cast.endpoint.model) == ("http://localhost:11434/v1", "mine")
    assert "receptionist" in (cast.endpoint.instructions or "")
    assert chosen_cast(ServeConfig(llm="knowledge")).llm == "knowledge"


def test_parts_by_name() -> None:
    assert chosen_cast(ServeConfig(voice="espeak:de")).first.voice == "espeak:de"
    with pytest.raises(UnknownPart, match="known: whisper, pocketsphinx"):
        chosen_cast(ServeConfig(stt="ears"))
    with pytest.raises(PartUnavailable, match="visavis fetch recommended"):
        chosen_cast(ServeConfig(stt="whisper"))


async def test_the_embedded_answers_speak_each_language_and_tell_what_they_said() -> None:
    cast = chosen_cast(ServeConfig())
    cast = replace(cast, tongues={"en": cast.first, "de": cast.first})
    told: list[Reply] = []

    def on_reply(turns: Sequence[ChatTurn], reply: Reply) -> None:
        assert turns[-1].role == "user"
        told.append(reply)

    async with with_answers(ServeConfig(), cast, on_reply) as answering:
        assert answering.endpoint.model == "visavis-knowledge-en"
        async with AsyncOpenAI(api_key="none", base_url=answering.endpoint.base_url) as client:
            for model in (answering.endpoint.model, "visavis-knowledge-de"):
                await client.chat.completions.create(
                    model=model, messages=[{"role": "user", "content": "xyzzy"}]
                )
    assert [(one.kind, one.language) for one in told] == [
        (ReplyKind.OFFER_COLLEAGUE, "en"),
        (ReplyKind.OFFER_COLLEAGUE, "de"),
    ]


def test_a_client_is_told_of_every_part_and_how_to_better_it() -> None:
    config = ServeConfig(voice="espeak")
    cast = chosen_cast(config)
    facts = capabilities(config, cast)
    assert [part.kind for part in facts.parts] == [
        "stt", "llm", "tts", "generator", "renderer", "tracker",
    ]  # fmt: skip
    assert "typing always works" in (facts.parts[0].advice or "")
    assert all(part.licence for part in chosen_parts(cast))
    assert len(facts.motion.names) == 58
    assert facts.recording is False


def test_a_kiosk_takes_a_voice_by_itself_only_if_a_business_may_use_it(tmp_path: Path) -> None:
    voice = "en_US-tiny-low"
    folder = tmp_path / "piper"
    folder.mkdir()
    (folder / f"{voice}.onnx").write_bytes(b"a voice")
    (folder / f"{voice}.onnx.json").write_text('{"audio": {"sample_rate": 16000}}')
    assert str(chosen_cast(ServeConfig()).first.voice).startswith("piper")
    assert chosen_cast(ServeConfig(kiosk=KioskConfig())).first.voice in ("flite", "espeak:en")
    entitled = KioskConfig(licence_rights=(voice,))
    assert str(chosen_cast(ServeConfig(kiosk=entitled)).first.voice).startswith("piper")
    named = ServeConfig(kiosk=KioskConfig(), voice=f"piper:{folder / voice}.onnx")
    assert str(chosen_cast(named).first.voice).startswith("piper"), "what is named is refused later"


def test_a_kiosk_has_languages_that_nobody_hears() -> None:
    both = ServeConfig(kiosk=KioskConfig(), languages={"de": LanguageConfig()})
    assert [tongue.stt for tongue in chosen_cast(both).tongues.values()] == ["pocketsphinx", None]
    with pytest.raises(PartUnavailable, match="know English only"):
        chosen_cast(ServeConfig(languages={"de": LanguageConfig()}))
