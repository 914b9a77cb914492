"""The paper's own network as a model of a conversation, small and with random weights."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from avatar.avatar import Avatar
from avatar.clock import FPS, TICK
from avatar.errors import DataError, MediaError, PartUnavailable, SpaceMismatch, UnknownPart
from avatar.motion import ARKIT58, latent_space
from avatar.tracking.latent import LatentTracker
from pipelines.build import Look, build_avatar, build_tracker
from pipelines.build.official import LADDER, Rung, checkpoints_of, climbed, require_pace
from pipelines.capabilities import capabilities
from pipelines.config import ServeConfig
from pipelines.kiosk.licences import licences_of, require_commercial
from pipelines.readiness import chosen_cast

pytestmark = pytest.mark.xdist_group("official")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from avatar.checkpoints.imitation import SMALL, write_imitation

    folder = tmp_path_factory.mktemp("official")
    write_imitation(folder, SMALL, seed=1)
    return folder


@pytest.fixture(scope="module")
def official(folder: Path) -> Avatar:
    return build_avatar("grace", model=f"official:{folder}")


def test_a_photo_talks_and_listens_by_checkpoints(official: Avatar) -> None:
    session = official.session(voice_rate=24_000, seed=3)
    rng = np.random.default_rng(0)
    session.timeline.push_speech(1, rng.integers(-9000, 9000, 24_000, np.int16), last=True)
    frames = []
    for _ in range(2 * FPS):
        session.timeline.push_user_audio(rng.normal(0, 0.1, TICK).astype(np.float32))
        frames.append(session.step())
    motions = np.stack([frame.motion for frame in frames])
    assert motions.shape == (50, 32)
    assert np.isfinite(motions).all()
    pictures = [frame.picture for frame in frames]
    assert {None if picture is None else picture.shape for picture in pictures} == {(64, 64, 3)}
    assert len({picture.tobytes() for picture in pictures if picture is not None}) == 50
    assert sum(frame.tick.speech is not None for frame in frames) == FPS


def test_it_sees_the_user_in_its_own_space_and_tells_where_the_face_is(official: Avatar) -> None:
    tracker = official.tracker(build_tracker())
    assert isinstance(tracker, LatentTracker)
    assert official.generator.user_space is latent_space(32)
    assert build_avatar("ana", generator="rules").tracker(tracker) is tracker


def test_the_height_of_its_pictures_may_be_chosen(folder: Path) -> None:
    large = build_avatar("ana", look=Look(size=128), model=f"official:{folder}")
    picture = large.session(voice_rate=24_000).step().picture
    assert picture is not None
    assert picture.shape == (128, 128, 3)
    with pytest.raises(UnknownPart, match="draws squares"):
        build_avatar("ana", look=Look(framing="portrait"), model=f"official:{folder}")


def test_a_conversation_is_made_of_its_parts_and_their_licences(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.readiness.require_pace", lambda *_: None)
    config = ServeConfig(model=f"official:{folder}", avatar="omar")
    chosen = chosen_cast(config)
    assert (chosen.generator, chosen.renderer, chosen.tracker) == ("official",) * 3
    facts = capabilities(config, chosen)
    assert facts.motion.avatar is None
    told = {part.kind: part.licence for part in facts.parts}
    assert told["generator"] == told["renderer"] == told["tracker"] == "CC-BY-NC-4.0"
    with pytest.raises(PartUnavailable, match="forbids commercial use"):
        require_commercial(licences_of(chosen))


@pytest.mark.parametrize("model", ["official", "official:", "mine:folder", "embeded"])
def test_a_model_that_nobody_knows_is_said(model: str) -> None:
    with pytest.raises(UnknownPart, match="known: embedded, and official:FOLDER"):
        checkpoints_of(model)


def test_a_folder_without_checkpoints_and_a_photo_without_a_face_are_said(
    folder: Path, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match="motion_autoencoder"):
        build_avatar("ana", model=f"official:{tmp_path}")
    wall = tmp_path / "wall.png"
    cv2.imwrite(str(wall), np.full((300, 300, 3), 127, np.uint8))
    with pytest.raises(MediaError, match="face"):
        build_avatar(str(wall), model=f"official:{folder}")


def test_who_is_too_slow_to_talk_is_told_what_to_do(official: Avatar) -> None:
    require_pace(official, "official:there", iter([10.0, 10.2]).__next__)
    with pytest.raises(PartUnavailable, match=r"makes 10 pictures a second.*visavis render"):
        require_pace(official, "official:there", iter([10.0, 10.5]).__next__)


def test_the_ladder_is_climbed_down_until_there_is_memory(official: Avatar) -> None:
    tried: list[Rung] = []

    def build(rung: Rung) -> Avatar:
        tried.append(rung)
        if rung.together > room:
            raise (RuntimeError if rung.graphs else MemoryError)(f"{rung.together} do not fit")
        return official

    room = 4
    assert climbed(LADDER, build, MemoryError) is official
    assert [rung.together for rung in tried] == [8, 4]
    room = 0
    with pytest.raises(PartUnavailable, match="embedded one runs here"):
        climbed(LADDER, build, MemoryError)


def test_a_recorded_arkit_face_is_refused_where_pictures_are_needed(
    official: Avatar, tmp_path: Path
) -> None:
    from pipelines.cli.render import seen

    with pytest.raises(SpaceMismatch, match="--user-video"):
        seen(official, tmp_path / "face.npz", None)
    assert official.generator.user_space.name != ARKIT58.name
