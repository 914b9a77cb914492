"""A study out of two folders."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from avatar.errors import MediaError
from pipelines.study.plan import Study, StudyError, load_study
from pipelines.study.preparation import Source, prepare, source

Sources = tuple[Source, Source]


def test_every_clip_is_compared_once_and_catch_trials_show_one_twice(
    study: Study, folder: Path, clips: Sources
) -> None:
    pairs = [trial for trial in study.trials if not trial.catch]
    assert sorted(trial.clip for trial in pairs) == ["scene0.mp4", "scene1.mp4", "scene2.mp4"]
    assert len(study.trials) == 5
    for trial in pairs:
        for method, given in zip((trial.a, trial.b), clips, strict=True):
            kept = folder / "clips" / method
            assert kept.read_bytes() == (given.folder / trial.clip).read_bytes()
    assert load_study(folder) == study


def test_a_seed_gives_one_study_and_another_one_another(tmp_path: Path, clips: Sources) -> None:
    made = [prepare(tmp_path / str(i), *clips, seed=s, catch=1) for i, s in enumerate((1, 1, 2))]
    assert made[0] == made[1]
    assert [trial.clip for trial in made[2].trials] != [trial.clip for trial in made[0].trials] or [
        trial.left for trial in made[2].trials
    ] != [trial.left for trial in made[0].trials]


@pytest.mark.parametrize("seed", range(4))
def test_each_method_stands_left_in_half_of_the_pairs(
    tmp_path: Path, clips: Sources, seed: int
) -> None:
    study = prepare(tmp_path / "study", *clips, seed=seed, catch=0)
    assert sum(trial.left == "a" for trial in study.trials) in (1, 2)


def test_file_names_do_not_tell_the_method(study: Study, folder: Path) -> None:
    names = " ".join(str(path.relative_to(folder)) for path in folder.rglob("*"))
    assert "helion" not in names
    assert "scene" not in names


def copied(clips: Sources, folder: Path) -> Sources:
    made = [Source(given.name, folder / given.name) for given in clips]
    for old, new in zip(clips, made, strict=True):
        shutil.copytree(old.folder, new.folder)
    return made[0], made[1]


def test_a_missing_clip_is_named(tmp_path: Path, clips: Sources) -> None:
    a, b = copied(clips, tmp_path)
    (b.folder / "scene1.mp4").unlink()
    with pytest.raises(StudyError, match=r"Aphelion/scene1\.mp4: missing, .* \(1 missing\)"):
        prepare(tmp_path / "study", a, b, seed=0, catch=0)
    assert not (tmp_path / "study").exists()


def test_clips_of_different_length_or_none_at_all_are_refused(
    tmp_path: Path, clips: Sources, clip_writer: Callable[..., None]
) -> None:
    a, b = copied(clips, tmp_path)
    clip_writer(b.folder / "scene1.mp4", 90, ticks=40)
    with pytest.raises(StudyError, match=r"lasts 0\.6 s and .* 1\.6 s"):
        prepare(tmp_path / "study", a, b, seed=0, catch=0)
    (b.folder / "scene1.mp4").write_bytes(b"no video")
    with pytest.raises(StudyError, match="cannot be read as a video"):
        prepare(tmp_path / "study", a, b, seed=0, catch=0)
    shutil.copyfile(a.folder / "scene1.mp4", b.folder / "scene1.mp4")
    with pytest.raises(StudyError, match="the same file"):
        prepare(tmp_path / "study", a, b, seed=0, catch=0)
    (tmp_path / "empty").mkdir()
    with pytest.raises(StudyError, match=r"no \.mp4 clips"):
        prepare(
            tmp_path / "study",
            Source("x", tmp_path / "empty"),
            Source("y", tmp_path / "empty"),
            seed=0,
            catch=0,
        )


def test_a_study_is_never_overwritten(study: Study, folder: Path, clips: Sources) -> None:
    with pytest.raises(StudyError, match="holds a study already"):
        prepare(folder, *clips, seed=0, catch=0)


def test_a_place_that_cannot_be_written_is_reported(tmp_path: Path, clips: Sources) -> None:
    (tmp_path / "study").write_text("a file")
    with pytest.raises((StudyError, MediaError), match="cannot be written"):
        prepare(tmp_path / "study" / "inside", *clips, seed=0, catch=0)


def test_a_method_is_a_name_and_a_folder(tmp_path: Path) -> None:
    assert source(f"ours={tmp_path}") == Source("ours", tmp_path)
    for wrong in (str(tmp_path), f"={tmp_path}", "ours="):
        with pytest.raises(StudyError, match="NAME=FOLDER"):
            source(wrong)
    with pytest.raises(StudyError, match="not a folder"):
        source(f"ours={tmp_path / 'nowhere'}")
