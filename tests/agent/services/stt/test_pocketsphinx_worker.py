import subprocess
import sys
from collections.abc import Iterator

import pytest

from agent.services.stt.pocketsphinx import pocketsphinx_recogniser
from agent.services.stt.pocketsphinx_worker import plain_words
from agent.services.stt.recogniser import Recogniser
from avatar.errors import WorkerError


@pytest.fixture
def recogniser() -> Iterator[Recogniser]:
    recogniser = Recogniser(pocketsphinx_recogniser(1))
    yield recogniser
    recogniser.close()


@pytest.mark.parametrize(
    ("hypothesis", "words"),
    [
        ("<s> when is the(2) museum <sil> open </s>", "when is the museum open"),
        ("i'm [NOISE] here ++UM++ and i wait", "I'm here and I wait"),
        ("<sil>", ""),
        ("", ""),
    ],
)
def test_the_decoders_own_signs_are_left_out(hypothesis: str, words: str) -> None:
    assert plain_words(hypothesis) == words


def test_a_lost_end_does_not_block(recogniser: Recogniser) -> None:
    for _ in range(3):
        recogniser.start(16_000)
        recogniser.hear(bytes(3_200))
    assert recogniser.end().text == ""


def test_sound_that_belongs_to_no_utterance_is_refused(recogniser: Recogniser) -> None:
    recogniser.load()
    with pytest.raises(WorkerError, match="say it again"):
        recogniser.hear(bytes(3_200))
    with pytest.raises(WorkerError, match="say it again"):
        recogniser.end()
    recogniser.start(16_000)
    assert recogniser.end().text == ""


def test_the_worker_imports_nothing_heavy() -> None:
    program = (
        "import sys, agent.services.stt.pocketsphinx_worker; "
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, text=True
    ).stdout.split()
    assert "agent" in loaded
    assert not {"numpy", "torch", "pipecat", "jaxtyping", "asyncio"} & set(loaded)
