"""The neural renderer is there to be chosen, and is not what is taken by itself."""

import pytest

from avatar.assets import bundle_folder
from avatar.errors import UnknownPart
from avatar.motion import ARKIT58
from avatar.parts import AUTO, find_part
from avatar.rendering.flow import FlowRenderer
from pipelines.build import Look, build_avatar
from pipelines.capabilities import chosen_parts
from pipelines.catalogue import PARTS, FlowConfig
from pipelines.config import ServeConfig
from pipelines.kiosk.licences import licences_of, require_commercial
from pipelines.readiness import chosen_cast


def test_the_warp_stays_what_is_taken_by_itself() -> None:
    assert find_part(PARTS, "renderer", AUTO).name == "warp"


def test_the_neural_renderer_draws_at_the_size_that_is_asked_for() -> None:
    part = find_part(PARTS, "renderer", "neural")
    renderer = part.build(FlowConfig(bundle_folder("omar"), size=256))
    picture, _ = renderer.render(ARKIT58.rest, renderer.start())
    assert picture.shape == (256, 256, 3)
    assert (part.licence, renderer.name) == ("Apache-2.0", "omar")


def test_it_is_chosen_by_name_and_its_weights_have_a_licence() -> None:
    cast = chosen_cast(ServeConfig(renderer="neural", generator="rules", size=256))
    assert cast.renderer == "neural"
    assert isinstance(cast.avatar.renderer, FlowRenderer)
    used = {one.kind: one for one in licences_of(cast)}
    assert used["renderer's weights"].licence == "Apache-2.0"
    require_commercial(used.values())
    assert {part.kind: part.name for part in chosen_parts(cast)}["renderer"] == "neural"


def test_what_cannot_be_drawn_is_said() -> None:
    with pytest.raises(UnknownPart, match="draws squares, not portrait"):
        build_avatar("ana", look=Look(framing="portrait", renderer="neural"))
    with pytest.raises(UnknownPart, match="only a neural renderer has weights"):
        build_avatar("ana", look=Look(renderer="warp:mine"))
    with pytest.raises(UnknownPart, match="known: warp"):
        build_avatar("ana", look=Look(renderer="oils"))
