"""Who sees what, and a study file that is wrong."""

import json
from pathlib import Path
from typing import Any

import pytest

from pipelines.study.plan import Study, StudyError, Trial, course, load_study

MANY = Study(
    format=1,
    seed=3,
    a="x",
    b="y",
    trials=tuple(
        Trial(
            id=f"{index:012x}",
            clip=f"{index}",
            a=f"{index:010x}aa.mp4",
            b=f"{index:010x}bb.mp4",
            left="a" if index % 2 else "b",
        )
        for index in range(12)
    ),
)
PEOPLE = [f"P{index}" for index in range(400)]


def test_a_code_always_gives_the_same_course_of_all_pairs() -> None:
    first, again, other = course(MANY, "P1"), course(MANY, "P1"), course(MANY, "P2")
    assert first == again
    assert sorted(showing.trial.id for showing in first) == [trial.id for trial in MANY.trials]
    assert [showing.trial for showing in first] != [showing.trial for showing in other]


def test_over_people_neither_side_nor_place_belongs_to_a_method_or_pair() -> None:
    courses = [course(MANY, code) for code in PEOPLE]
    for trial in MANY.trials:
        shown = [
            (place, showing.left)
            for each in courses
            for place, showing in enumerate(each)
            if showing.trial == trial
        ]
        assert 0.4 < sum(left == "a" for _, left in shown) / len(shown) < 0.6
        assert 4.5 < sum(place for place, _ in shown) / len(shown) < 6.5
    for each in courses:
        assert sum(showing.left == "a" for showing in each) == 6


def test_a_choice_is_told_by_method_wherever_it_stood() -> None:
    for code in PEOPLE[:20]:
        for showing in course(MANY, code):
            for side in ("left", "right"):
                file = showing.file(side)
                assert file == getattr(showing.trial, showing.verdict(side))
            assert showing.verdict("tie") == "tie"


def changed(folder: Path, change: dict[str, Any]) -> None:
    path = folder / "study.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": 2}, "format"),
        ({"speed": 1}, "speed: Extra inputs"),
        ({"trials": []}, "trials"),
        ({"b": "Perihelion"}, "the same name"),
        ({"seed": "many"}, "seed"),
    ],
)
def test_a_wrong_study_file_is_named_with_its_fault(
    study: Study, folder: Path, change: dict[str, Any], message: str
) -> None:
    changed(folder, change)
    with pytest.raises(StudyError, match=rf"study\.json: .*{message}"):
        load_study(folder)


def test_clips_outside_the_study_cannot_be_named(study: Study, folder: Path) -> None:
    trial = {**study.trials[0].model_dump(), "a": "../../secret.mp4"}
    changed(folder, {"trials": [trial]})
    with pytest.raises(StudyError, match=r"trials\.0\.a"):
        load_study(folder)


def test_trials_of_one_name_and_catch_trials_alone_are_refused(study: Study, folder: Path) -> None:
    first = study.trials[0].model_dump()
    changed(folder, {"trials": [first, first]})
    with pytest.raises(StudyError, match="twice"):
        load_study(folder)
    changed(folder, {"trials": [{**first, "b": first["a"]}]})
    with pytest.raises(StudyError, match="same clip twice"):
        load_study(folder)


def test_what_is_missing_is_named(study: Study, folder: Path, tmp_path: Path) -> None:
    (folder / "clips" / study.trials[0].a).unlink()
    with pytest.raises(StudyError, match=f"{study.trials[0].a}: missing"):
        load_study(folder)
    with pytest.raises(StudyError, match="visavis study prepare"):
        load_study(tmp_path)
    (folder / "study.json").write_text("{")
    with pytest.raises(StudyError, match="JSON"):
        load_study(folder)
