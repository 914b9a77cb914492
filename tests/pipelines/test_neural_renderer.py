"""The neural renderer is there to be chosen, and is not what is taken by itself."""

from avatar.assets import bundle_folder
from avatar.motion import ARKIT58
from avatar.parts import AUTO, find_part
from pipelines.catalogue import PARTS, FlowConfig


def test_the_warp_stays_what_is_taken_by_itself() -> None:
    assert find_part(PARTS, "renderer", AUTO).name == "warp"


def test_the_neural_renderer_draws_at_the_size_that_is_asked_for() -> None:
    part = find_part(PARTS, "renderer", "neural")
    renderer = part.build(FlowConfig(bundle_folder("omar"), size=256))
    picture, _ = renderer.render(ARKIT58.rest, renderer.start())
    assert picture.shape == (256, 256, 3)
    assert (part.licence, renderer.name) == ("Apache-2.0", "omar")
