"""`visavis duet` as a person uses it: a real video out, messages for what cannot be."""

import socket
from pathlib import Path

import av
import numpy as np
import pytest
from typer.testing import CliRunner

from avatar.errors import VisavisError
from pipelines.cli import app
from tests.pipelines.cli.command import refusal, visavis


@pytest.mark.slow
def test_two_faces_and_two_voices_go_into_a_file(tmp_path: Path) -> None:
    out = tmp_path / "duet.mp4"
    told = visavis(
        "duet", "-o", str(out), "--seconds", "4", "--seed", "2", "--generator", "rules"
    ).stdout
    assert f"wrote {out}" in told
    with av.open(str(out)) as container:
        assert container.metadata["synthetic_media"] == "true"
        pictures = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
        assert container.streams.video[0].average_rate == 25
    with av.open(str(out)) as container:
        sound = np.concatenate([f.to_ndarray().reshape(-1) for f in container.decode(audio=0)])
    assert len(pictures) == 100
    assert pictures[0].shape == (512, 1024, 3)
    assert len(sound) == pytest.approx(4 * 16_000, abs=2_048)
    assert np.abs(sound).max() > 0.02
    moved = np.abs(np.diff(np.stack(pictures[::10]).astype(np.int16), axis=0)).mean(axis=(0, 1, 3))
    assert moved[:512].mean() > 0.2
    assert moved[512:].mean() > 0.2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--avatar", "nobody"), "there is no avatar 'nobody'"),
        (("--other", "nobody"), "there is no avatar 'nobody'"),
        (("--generator", "magic"), "there is no generator 'magic'"),
        (("--seconds", "0"), "--seconds"),
        (("--seconds", "nan"), "--seconds"),
        (("--seed", "-1"), "--seed"),
    ],
)
def test_what_cannot_be_drawn_is_refused(
    tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    out = tmp_path / "duet.mp4"
    assert said in refusal("duet", "-o", str(out), *arguments)
    assert not out.exists()


@pytest.mark.parametrize(
    ("name", "said"),
    [("duet.gif", "written as .mp4"), ("missing/duet.mp4", "cannot be written there")],
)
def test_a_place_that_cannot_be_written_is_refused_at_once(
    tmp_path: Path, name: str, said: str
) -> None:
    result = CliRunner().invoke(app, ["duet", "-o", str(tmp_path / name)])
    assert isinstance(result.exception, VisavisError)
    assert said in str(result.exception)


def test_a_port_that_is_taken_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = visavis("duet", "--generator", "rules", "--port", port, ok=False)
    assert f"cannot listen on 127.0.0.1, port {port}" in result.stderr
