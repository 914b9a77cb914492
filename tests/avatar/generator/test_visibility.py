import numpy as np
import pytest

from avatar.generator.visibility import HIDDEN, Visibility, bias, block_ends, block_starts

FRAMES = np.arange(50)


def table(visibility: Visibility, block: int = 10) -> np.ndarray:
    return visibility.pairs(FRAMES, FRAMES, block_starts(50, block), block)


def test_released_is_frame_causal_with_a_look_ahead_whatever_the_block() -> None:
    released = table(Visibility("released", context=50, look_ahead=2))
    assert (released == (FRAMES[None] <= FRAMES[:, None] + 2)).all()
    assert released.sum() == 1372
    assert (released == table(Visibility("released", context=50, look_ahead=2), block=5)).all()


def test_blockwise_is_the_text_of_the_paper() -> None:
    blockwise = table(Visibility("blockwise", context=50, look_ahead=2))
    assert blockwise.sum() == 1580
    assert blockwise[10:20, :22].all()
    assert not blockwise[10:20, 22:].any()


def test_windowed_sees_the_past_only() -> None:
    windowed = table(Visibility("windowed", context=8))
    assert not np.triu(windowed, 1).any()
    assert windowed[30].nonzero()[0].tolist() == list(range(22, 31))


def test_context_is_counted_from_the_block() -> None:
    short = table(Visibility("blockwise", context=5))
    assert short[39].nonzero()[0].tolist() == list(range(25, 40))


def test_hidden_pairs_lose_in_half_precision_too() -> None:
    mask = bias(np.array([[True, False]]))
    assert mask[0].tolist() == [0.0, float(HIDDEN)]
    assert np.isfinite(mask.astype(np.float16)).all()


@pytest.mark.parametrize("offset", [0, 1, 2])
def test_blocks_begin_where_they_are_told(offset: int) -> None:
    starts = block_starts(9, 3, offset)
    assert set((starts + offset) % 3) == {0}
    assert ((np.arange(9) - starts) < 3).all()


def test_blocks_end_before_the_next_begins() -> None:
    assert block_ends(block_starts(8, 3, 1)).tolist() == [1, 1, 4, 4, 4, 7, 7, 7]
