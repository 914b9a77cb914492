"""What a business may not use is refused, with the way out."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from agent.services.custom import CustomService
from agent.services.llm.openai import Endpoint
from agent.turns.phrases import PHRASES
from avatar.assets import GENERATORS, bundle_folder
from avatar.avatar import Avatar
from avatar.errors import PartUnavailable
from pipelines.build import build_avatar
from pipelines.build.cast import Cast, Tongue
from pipelines.kiosk.licences import (
    Licensed,
    licences_of,
    piper_licence,
    require_commercial,
    stated,
    verdict_of,
    whisper_licence,
)


@pytest.mark.parametrize(
    "licence",
    [
        "Apache-2.0", "MIT", "BSD", "BSD-3-Clause", "GPL-3.0", "LGPL-2.1-or-later", "CC0-1.0",
        "CC-BY-4.0", "CC BY 4.0", "cc-by-sa-4.0", "Public Domain", "MIT OR CC-BY-NC-4.0",
        "MIT AND Apache-2.0", "private", "of its provider", "The Unlicense",
    ],
)  # fmt: skip
def test_these_allow_a_kiosk(licence: str) -> None:
    assert verdict_of(licence) == "allowed"


@pytest.mark.parametrize(
    "licence",
    [
        "CC BY-NC 4.0", "cc-by-nc-sa-4.0", "CC_BY_NC", "CC-BY-NC-ND-4.0", "non-commercial",
        "Noncommercial use", "research only", "Research use only", "for academic use",
        "Apache-2.0 AND CC-BY-NC-4.0", "PolyForm-Noncommercial-1.0.0",
        "MIT code, weights for research purposes only",
    ],
)  # fmt: skip
def test_these_forbid_it(licence: str) -> None:
    assert verdict_of(licence) == "non-commercial"


@pytest.mark.parametrize(
    "licence",
    [
        "", "  ", "unknown", "other", "CC-BY-ND-4.0", "with permit", "unlicensed",
        "MIT; the recordings behind it have terms of their own: read MODEL_CARD there",
        "https://example.org/license.html",
    ],
)  # fmt: skip
def test_of_these_nothing_is_known(licence: str) -> None:
    assert verdict_of(licence) == "unknown"


def test_a_refusal_names_what_why_and_the_way_out() -> None:
    used = [
        Licensed("avatar", "mona", "CC BY-NC 4.0"),
        Licensed("stt", "whisper", "MIT"),
        Licensed("voice's weights", "en_US-x-low", ""),
        Licensed("generator's weights", "mine", "see the paper"),
    ]
    with pytest.raises(PartUnavailable) as refused:
        require_commercial(used, ["nobody"])
    said = str(refused.value)
    assert "the avatar 'mona': its licence, 'CC BY-NC 4.0', forbids commercial use" in said
    assert "'en_US-x-low': it does not say under which licence it is" in said
    assert "'mine': nothing is known of commercial use under its licence, 'see the paper'" in said
    assert 'licence_rights: ["mona", "en_US-x-low", "mine"]' in said
    assert "whisper" not in said


def test_a_stated_right_is_enough_for_what_it_names() -> None:
    used = [Licensed("avatar", "mona", "CC BY-NC 4.0"), Licensed("voice", "v", "research only")]
    require_commercial(used, ["mona", "v"])
    with pytest.raises(PartUnavailable, match="voice 'v'") as refused:
        require_commercial(used, ["mona"])
    assert "mona" not in str(refused.value)


@pytest.fixture
def cast(avatar: Avatar) -> Cast:
    tongue = Tongue("pocketsphinx", "espeak", PHRASES["en"])
    return Cast(
        avatar,
        tongues={"en": tongue},
        llm="knowledge",
        endpoint=Endpoint("", "", ""),
        generator="learned",
    )


def test_what_ships_may_receive_visitors(cast: Cast) -> None:
    used = licences_of(cast)
    require_commercial(used)
    assert {one.kind for one in used} == {
        "avatar", "llm", "generator", "generator's weights", "renderer", "tracker",
        "tracker's weights", "stt", "voice",
    }  # fmt: skip
    assert all(one.licence for one in used)


def test_a_generator_of_a_folder_is_known_by_its_card(cast: Cast, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    card = json.loads((GENERATORS / "embedded/config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**card, "licence": "CC-BY-NC-4.0"}))
    learned = replace(cast, generator=f"learned:{folder}")
    with pytest.raises(PartUnavailable, match=r"generator's weights 'mine'.*forbids"):
        require_commercial(licences_of(learned))
    require_commercial(licences_of(learned), ["mine"])
    del card["licence"]
    (folder / "config.json").write_text(json.dumps(card))
    with pytest.raises(PartUnavailable, match="'mine': it does not say"):
        require_commercial(licences_of(learned))


def test_an_avatar_is_known_by_its_bundle(cast: Cast, ana_copy: Path, cache: Path) -> None:
    manifest = json.loads((ana_copy / "avatar.json").read_text())
    manifest |= {"name": "mona", "licence": "CC BY-NC-SA 4.0"}
    (ana_copy / "avatar.json").write_text(json.dumps(manifest))
    mona = build_avatar(str(ana_copy), generator="rules", cache=cache)
    with pytest.raises(PartUnavailable, match=r"avatar 'mona'.*CC BY-NC-SA 4\.0.*forbids"):
        require_commercial(licences_of(replace(cast, avatar=mona)))


def test_voices_of_all_languages_are_seen(cast: Cast, tmp_path: Path) -> None:
    model = tmp_path / "de_DE-nora-low.onnx"
    model.touch()
    german = Tongue("pocketsphinx", f"piper:{model}", PHRASES["en"])
    both = replace(cast, tongues={**cast.tongues, "de": german})
    with pytest.raises(PartUnavailable, match="voice's weights 'de_DE-nora-low'"):
        require_commercial(licences_of(both))


def test_a_vendors_service_is_the_operators_contract(cast: Cast) -> None:
    vendor = CustomService.model_validate({"class": "pipecat.services.x.tts.XTTSService"})
    require_commercial(
        licences_of(replace(cast, tongues={"en": Tongue("pocketsphinx", vendor, PHRASES["en"])}))
    )


def test_a_piper_voice_is_known_by_its_card(tmp_path: Path) -> None:
    model = tmp_path / "de_DE-nora-low.onnx"
    model.touch()
    assert piper_licence(model) == ""
    (tmp_path / "MODEL_CARD").write_text("# Model card\n\n## Dataset\n\n* License: CC0\n")
    assert piper_licence(model) == "CC0"
    (tmp_path / "other.onnx").touch()
    assert piper_licence(model) == ""
    (tmp_path / "de_DE-nora-low.MODEL_CARD").write_text("License: CC BY-NC 4.0")
    assert piper_licence(model) == "CC BY-NC 4.0"
    Path(f"{model}.json").write_text('{"audio": {}, "license": "MIT"}')
    assert piper_licence(model) == "MIT"


def test_a_whisper_model_is_known_by_where_it_is_or_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VISAVIS_MODELS", str(tmp_path / "models"))
    assert whisper_licence(tmp_path / "models/whisper/base") == "MIT"
    hub = tmp_path / "hub/models--Systran--faster-whisper-small/snapshots/0af1"
    assert whisper_licence(hub) == "MIT"
    own = tmp_path / "tuned"
    own.mkdir()
    assert whisper_licence(own) == ""
    (own / "README.md").write_text("---\nlanguage: de\nlicense: cc-by-nc-4.0\n---\n# Tuned\n")
    assert whisper_licence(own) == "cc-by-nc-4.0"


@pytest.mark.parametrize("content", [b"[1, 2]", b"{", b"\xff\xfe", b'{"licence": 3}', b"{}"])
def test_a_card_that_tells_nothing_is_no_licence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "config.json").write_bytes(content)
    assert stated(tmp_path / "config.json") == ""
    assert stated(tmp_path / "missing.json") == ""
    assert stated(bundle_folder("ana")) == ""


def test_a_long_card_is_read_at_its_begin(tmp_path: Path) -> None:
    card = tmp_path / "README.md"
    card.write_text("license: mit\n" + "x" * 10_000_000)
    assert stated(card) == "mit"
    card.write_text("x" * 100_000 + "\nlicense: mit\n")
    assert stated(card) == ""
