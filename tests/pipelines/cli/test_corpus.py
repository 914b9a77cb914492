"""The preview of the synthetic conversations: a real video out."""

from pathlib import Path

import av
import numpy as np
import pytest

from pipelines.cli.corpus import SPLITS
from tests.pipelines.cli.command import refusal, visavis


@pytest.mark.slow
def test_preview_shows_both_faces_and_sounds(tmp_path: Path) -> None:
    out = tmp_path / "dialogue.mp4"
    told = visavis("corpus", "preview", "--seed", "3", "--seconds", "4", "-o", str(out)).stdout
    assert f"wrote {out}" in told
    assert "left: " in told
    assert "right: " in told
    with av.open(str(out)) as container:
        assert container.metadata["synthetic_media"] == "true"
        pictures = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
        assert container.streams.video[0].average_rate == 25
    with av.open(str(out)) as container:
        sound = np.concatenate([f.to_ndarray().reshape(-1) for f in container.decode(audio=0)])
        assert container.streams.audio[0].rate == 16_000
    assert len(pictures) == 100
    assert pictures[0].shape == (512, 1024, 3)
    assert len(sound) == pytest.approx(4 * 16_000, abs=2_048)
    assert np.abs(sound).max() > 0.02
    moved = np.abs(np.diff(np.stack(pictures[::10]).astype(np.int16), axis=0)).mean(axis=(0, 1, 3))
    left, right = moved[:512], moved[512:]
    assert left.mean() > 0.2
    assert right.mean() > 0.2
    assert np.abs(left - right).mean() > 0.05


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--split", "tests"), "there is no split 'tests'; known: " + ", ".join(SPLITS)),
        (("--avatar", "nobody"), "nobody"),
        (("--seconds", "0"), "--seconds"),
        (("--seconds", "nan"), "--seconds"),
    ],
)
def test_what_cannot_be_drawn_is_refused(
    tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    out = tmp_path / "dialogue.mp4"
    assert said in refusal("corpus", "preview", "-o", str(out), *arguments)
    assert not out.exists()
