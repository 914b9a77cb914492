"""A student beside the converted networks that taught it: `student.safetensors`.

It holds what learned, conditions and transformer, and tells of which weights.
"""

from hashlib import sha256
from pathlib import Path

from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file

from avatar.checkpoints.converted import Card
from avatar.checkpoints.tensors import fitted
from avatar.errors import DataError, MediaError
from avatar.files import beside
from avatar.nn.forcing_stream import ForcingModel

FILE = "student.safetensors"
TEACHER = "teacher"
"""The file's note of the weights that taught it."""
PARTS = ("conditions.", "transformer.")


def teacher_of(card: Card) -> str:
    """A name for the weights of a card: the same for the same original files."""
    told = "".join(sorted(source.sha256 for source in card.sources))
    return sha256(told.encode()).hexdigest()[:16]


def write_student(folder: Path, card: Card, student: ForcingModel) -> Path:
    """Write a student beside its teacher. Raises MediaError when the place cannot be written."""
    path = folder / FILE
    weights = {
        name: x.detach().cpu().contiguous()
        for name, x in student.state_dict().items()
        if name.startswith(PARTS)
    }
    with beside(path) as part:
        mode = part.stat().st_mode
        try:
            save_file(weights, part, {TEACHER: teacher_of(card)})
        except SafetensorError as error:
            raise MediaError(f"{path}: cannot be written ({error})") from error
        # What writes it lets nobody else read it.
        part.chmod(mode)
    return path


def taught(folder: Path, card: Card, model: ForcingModel) -> bool:
    """Give a model the student's weights if its folder has them; whether it has.

    Raises DataError for a student of other weights, and for a file that is none.
    """
    path = folder / FILE
    if not path.is_file():
        return False
    try:
        with safe_open(path, "pt") as file:
            teacher = (file.metadata() or {}).get(TEACHER)
        weights = load_file(path)
    except (OSError, SafetensorError) as error:
        raise DataError(f"{path}: weights were expected: {error}") from error
    if teacher != teacher_of(card):
        raise DataError(
            f"{path} was taught by other weights ({teacher}, here are {teacher_of(card)}): delete "
            f"it, or teach another: visavis train student {folder}"
        )
    wanted = {name: x for name, x in model.state_dict().items() if name.startswith(PARTS)}
    try:
        kept = fitted(wanted, weights)
    except DataError as error:
        raise DataError(f"{path}: {error}: delete it to do without") from error
    model.load_state_dict(kept, strict=False, assign=True)
    model.eval().requires_grad_(requires_grad=False)
    return True
