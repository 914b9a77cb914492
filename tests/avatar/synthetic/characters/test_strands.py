from dataclasses import replace

import numpy as np

from avatar.synthetic.characters import hair
from avatar.synthetic.characters.cast import ANA
from avatar.synthetic.characters.character import Lock
from avatar.synthetic.characters.face_hair import grow_brows, grow_lashes
from avatar.synthetic.characters.figure import Figure, Part
from avatar.synthetic.characters.strands import LOCK_RELIEF, grow_hair
from avatar.synthetic.characters.wisps import grow_tendrils


def test_hairs_stay_near_the_volume_and_run_downward_at_the_sides(figure: Figure):
    strands = grow_hair(figure, 0.02)
    middle = strands.paths[:, :, 15:30]
    low = middle[1] > ANA.hair.end + 0.4
    away = hair.volume(ANA, middle[:, low])
    assert np.percentile(np.abs(away), 90) < 4 * LOCK_RELIEF
    sides = (middle[1, :, 0] < 0.2) & (middle[1, :, -1] > ANA.hair.end)
    assert sides.sum() > 20
    assert (middle[1, sides, -1] < middle[1, sides, 0]).mean() > 0.95


def test_no_visible_hair_lies_on_the_bare_forehead(figure: Figure):
    strands = grow_hair(figure, 0.02)
    x, y, z = strands.paths
    forehead = (np.abs(x) < 0.4) & (y > 0.3) & (y < 0.8) & (z > 0.8)
    assert strands.opacity[forehead].max(initial=0) < 0.05


def test_brows_lie_on_the_skin_and_lashes_leave_it(figure: Figure):
    brows, lashes = grow_brows(figure), grow_lashes(figure)
    near = np.abs(figure.parts(np.ascontiguousarray(brows.paths.reshape(3, -1)))[Part.SKIN])
    assert np.percentile(near, 95) < 0.02
    tips = figure.parts(np.ascontiguousarray(lashes.paths[:, :, -1]))[Part.SKIN]
    assert np.median(tips) > 0.015
    assert (lashes.paths[2, :, -1] > lashes.paths[2, :, 0]).all()


def test_tendrils_follow_their_path(figure: Figure):
    path = ((-1.0, 1.0, 1.0, 0.02), (-1.1, 0.0, 1.0, 0.02), (-1.0, -1.0, 0.9, 0.02))
    hairdo = replace(ANA.hair, tendrils=(Lock(path, 0.0),))
    loose = replace(figure, character=replace(ANA, hair=hairdo))
    hairs = grow_tendrils(loose).paths
    assert np.abs(hairs[:, :, 0] - np.array(path[0][:3])[:, None]).max() < 0.05
    assert hairs[1, :, -1].max() < -0.3
    assert np.abs(hairs[0] + 1.05).max() < 0.15
