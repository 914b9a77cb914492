"""A student's file beside its teacher's."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from avatar.autoencoder.config import AutoencoderConfig
from avatar.checkpoints.converted import Card, Source
from avatar.checkpoints.students import FILE, taught, teacher_of, write_student
from avatar.errors import DataError, MediaError
from avatar.nn.forcing import ForcingConfig
from avatar.nn.forcing_stream import ForcingModel

FORCING = ForcingConfig(latent=8, width=16, heads=4, depth=1, features=6, clip=20, block=5)
FACE = AutoencoderConfig(64, 8, 4, tuple((2**power, 4) for power in range(2, 7)))
CARD = Card(
    format="visavis-official",
    version=1,
    licence="CC BY-NC 4.0",
    speech_licence=None,
    autoencoder=FACE,
    forcing=FORCING,
    speech=None,
    sources=(Source("flow_transformer.pth", 9, 0, "ab12"),),
    files={},
)


def model(seed: int) -> ForcingModel:
    torch.manual_seed(seed)
    return ForcingModel(FACE, FORCING).requires_grad_(requires_grad=False)


def test_what_was_learned_is_found_and_the_rest_stays(tmp_path: Path) -> None:
    student, other = model(1), model(2)
    assert not taught(tmp_path, CARD, other)
    write_student(tmp_path, CARD, student)
    assert taught(tmp_path, CARD, other)
    for name, x in other.state_dict().items():
        learned = name.startswith(("conditions.", "transformer."))
        wanted = student if learned else model(2)
        assert torch.equal(x, wanted.state_dict()[name]), name
    assert not other.training


def test_a_student_of_other_weights_or_none_is_refused(tmp_path: Path) -> None:
    student = model(1)
    write_student(tmp_path, CARD, student)
    other = replace(CARD, sources=(replace(CARD.sources[0], sha256="cd34"),))
    assert teacher_of(other) != teacher_of(CARD)
    with pytest.raises(DataError, match=r"taught by other weights .*: visavis train student"):
        taught(tmp_path, other, student)
    weights = {"transformer.out.bias": torch.zeros(3)}
    save_file(weights, tmp_path / FILE, {"teacher": teacher_of(CARD)})
    with pytest.raises(DataError, match=r"student.safetensors: the checkpoint does not fit"):
        taught(tmp_path, CARD, student)
    (tmp_path / FILE).write_bytes(b"no weights")
    with pytest.raises(DataError, match=r"student.safetensors: weights were expected"):
        taught(tmp_path, CARD, student)
    with pytest.raises(MediaError, match="cannot be written"):
        write_student(tmp_path / "gone", CARD, student)
