"""A server's configuration from a file, and services by their class."""

from dataclasses import replace
from pathlib import Path

import pytest
from pipecat.services.openai.stt import OpenAISTTService

from agent.knowledge.errors import KnowledgeError
from agent.services.catalogue import find_service
from agent.services.custom import CustomService, build_custom
from agent.turns.manners import Manners
from agent.turns.phrases import PHRASES
from avatar.errors import PartUnavailable, UnknownPart
from pipelines.build.conversation import let_go, load
from pipelines.configuration import ConfigurationError, checked, read_configuration
from pipelines.readiness import chosen_cast

STT = "pipecat.services.openai.stt.OpenAISTTService"


def written(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_a_file_says_what_a_conversation_is_made_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_KEY", "secret")
    file = written(
        tmp_path / "visavis.yaml",
        f"""
        avatar: grace
        voice: espeak:de
        language: de
        backchannels: composed
        conversation: {{reprompt_s: 60, patience_s: [0.5, 1.5]}}
        endpoint: {{base_url: "http://localhost:11434/v1", model: qwen3, api_key_from: MY_KEY}}
        stt: {{class: {STT}, arguments: {{api_key: "${{MY_KEY}}"}}, settings: {{model: whisper-1}}}}
        llm: openai
        """,
    )
    monkeypatch.setenv("OPENAI_BASE_URL", "http://elsewhere")
    cast = chosen_cast(checked(read_configuration(file)))
    assert cast.manners == Manners(reprompt_s=60, patience_s=(0.5, 1.5), backchannels_a_minute=2.5)
    assert (cast.endpoint.base_url, cast.endpoint.model) == ("http://localhost:11434/v1", "qwen3")
    assert cast.endpoint.api_key == "secret"
    assert isinstance(cast.first.stt, CustomService)
    built = build_custom("stt", cast.first.stt)
    assert isinstance(built, OpenAISTTService)


def test_every_wrong_name_is_named() -> None:
    with pytest.raises(ConfigurationError) as wrong:
        checked(
            {
                "avatr": "ana",
                "conversation": {"paience_s": 1},
                "stt": {"class": STT, "argments": {}},
                "backchannels": "many",
            },
            "visavis.yaml",
        )
    for name in ("avatr", "conversation.paience_s", "stt.argments", "backchannels"):
        assert f"visavis.yaml: {name}: " in str(wrong.value)


@pytest.mark.parametrize("text", ["a: [", "- a\n- b", "just words"])
def test_a_file_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigurationError, match=r"visavis\.yaml"):
        read_configuration(written(tmp_path / "visavis.yaml", text))
    assert read_configuration(written(tmp_path / "empty.yaml", "# nothing")) == {}
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_configuration(tmp_path / "missing.yaml")


@pytest.mark.parametrize(
    ("kind", "service", "why"),
    [
        ("stt", {"class": "pipecat.services.nobody.stt.NobodySTTService"}, "pipecat-ai.nobody"),
        ("tts", {"class": STT}, "is no TTSService"),
        ("stt", {"class": "pathlib.Path"}, "is no STTService"),
        ("stt", {"class": STT, "settings": {"colour": "red"}}, "does not take"),
        ("stt", {"class": STT, "arguments": {"api_key": "${UNSET_KEY}"}}, "UNSET_KEY"),
    ],
)
def test_a_service_that_cannot_be_says_why(kind: str, service: dict[str, object], why: str) -> None:
    with pytest.raises(PartUnavailable, match=why):
        build_custom(kind, CustomService.model_validate(service))


def test_a_model_that_is_not_here_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VISAVIS_MODELS", str(tmp_path))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(PartUnavailable, match=r"visavis fetch whisper:base\.en"):
        find_service("stt", "whisper:base.en").config()
    with pytest.raises(UnknownPart, match="no models to choose"):
        find_service("stt", "pocketsphinx:large")


def test_languages_side_by_side(
    monkeypatch: pytest.MonkeyPatch, tiny_whisper: Path, tmp_path: Path
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://localhost:1/v1")
    ears = f"whisper:{tiny_whisper}"
    german = {"stt": ears, "voice": "espeak:de", "phrases": {"hold": ["Moment."]}}
    cast = chosen_cast(checked({"stt": ears, "languages": {"de": german, "fr": {"stt": ears}}}))
    assert (cast.language, tuple(cast.tongues)) == ("en", ("en", "de", "fr"))
    assert cast.tongues["de"].phrases.hold == ("Moment.",)
    assert cast.tongues["de"].phrases.reprompt == PHRASES["de"].reprompt
    assert cast.tongues["fr"].voice == "espeak:fr"
    assert cast.ears_shared
    assert "Speak" not in (cast.endpoint.instructions or "")
    loaded = load(cast)
    assert len(loaded.ears) == 1
    told = loaded.llm._settings.system_instruction
    let_go(loaded)
    assert isinstance(told, str)
    assert told.count("Speak English") == 1
    mixed = replace(cast.first, stt=CustomService.model_validate({"class": STT}))
    assert not replace(cast, tongues={**cast.tongues, "de": mixed}).ears_shared
    with pytest.raises(PartUnavailable, match="know English only, not Spanish"):
        chosen_cast(checked({"languages": {"es": {"stt": "pocketsphinx"}}}))
    embedded = {"llm": "knowledge", "languages": {"de": german}}
    assert tuple(chosen_cast(checked(embedded)).tongues) == ("en", "de")
    (tmp_path / "a.md").write_text("## Where is the lift?\nHere.\n")
    with pytest.raises(KnowledgeError, match="in the language 'de', found it in: en"):
        chosen_cast(checked({**embedded, "knowledge": str(tmp_path)}))
    with pytest.raises(ConfigurationError, match=r"languages\.xx"):
        checked({"languages": {"xx": {}}})
