import numpy as np
import pytest

from shared_folder.classes import BACKGROUND
from trainer.synthetic_drawing import BLOB, BOUNDARY, LINE, Line, Outline, draw_lines, draw_outlines, outline_around
from trainer.synthetic_scenes import SCENE_SHAPE, SCENES, draw_scene
from trainer.synthetic_stream import SceneStream
from trainer.synthetic_textures import colour_pair, noise, smooth_noise, texture

SMALL = (96, 128)
SUBJECTS = {
    "vessels": LINE,
    "roots": LINE,
    "cracks": LINE,
    "fibres": LINE,
    "membranes": BOUNDARY,
    "nuclei": BLOB,
    "particles": BLOB,
    "leaves": BLOB,
    "organelles": BLOB,
}


@pytest.mark.parametrize("kind", SCENES)
def test_a_scene_is_a_picture_with_a_label_for_each_pixel(kind: str) -> None:
    seen = set()
    for seed in range(4):
        image, labels = draw_scene(SMALL, np.random.default_rng(seed), kind)
        assert image.shape == (*SMALL, 3)
        assert labels.shape == SMALL
        assert image.dtype == labels.dtype == np.uint8
        assert image.std() > 1
        seen |= set(np.unique(labels).tolist())
    assert seen <= {BACKGROUND, LINE, BLOB, BOUNDARY}
    assert {BACKGROUND, SUBJECTS[kind]} <= seen


@pytest.mark.parametrize("kind", SCENES)
def test_a_seed_gives_the_same_scene_and_another_seed_another(kind: str) -> None:
    first, again, other = (draw_scene(SMALL, np.random.default_rng(seed), kind) for seed in (3, 3, 4))
    assert np.array_equal(first[0], again[0])
    assert np.array_equal(first[1], again[1])
    assert not np.array_equal(first[0], other[0])


def test_scenes_by_chance_show_every_class_and_pictures_with_and_without_colour() -> None:
    rng = np.random.default_rng(0)
    drawn = [draw_scene(SMALL, rng) for _ in range(30)]
    assert set(np.unique(np.stack([labels for _, labels in drawn]))) == {BACKGROUND, LINE, BLOB, BOUNDARY}
    grey = [bool((np.ptp(image.astype(int), axis=2) < 6).all()) for image, _ in drawn]
    assert 5 < sum(grey) < 25
    assert np.std([image.mean() for image, _ in drawn]) > 20


def test_a_line_covers_what_it_is_wide() -> None:
    points = np.array(((20.0, 5.0), (20.0, 90.0)), np.float32)
    drawn = draw_lines((40, 100), [Line(points, np.full(2, 6.0, np.float32), 0.5)])
    assert drawn.mask[:, 50].sum() == pytest.approx(6, abs=1)
    assert drawn.opacity[20, 50] == 1
    assert drawn.tone[20, 50] == pytest.approx(0.5, abs=0.01)
    assert not drawn.mask[:, 95].any()


def test_a_line_thinner_than_a_label_is_fainter_but_unbroken() -> None:
    points = np.array(((5.0, 5.0), (35.0, 90.0)), np.float32)
    drawn = draw_lines((40, 100), [Line(points, np.full(2, 0.75, np.float32), 0.5)])
    assert drawn.mask[:, 10:85].any(axis=0).all()
    assert 0.4 < drawn.opacity.max() < 0.6


def test_an_outline_is_filled_and_has_a_rim() -> None:
    points = outline_around(np.array((30, 40), np.float32), 12, np.random.default_rng(0), 0.0)
    drawn = draw_outlines((60, 80), [Outline(points, 1.0, rim=2.0)])
    assert drawn.mask.sum() == pytest.approx(np.pi * 12**2, rel=0.25)
    assert drawn.rim[30, 40] == 0
    assert drawn.rim.max() == 1
    assert drawn.tone[30, 40] == 1


@pytest.mark.parametrize("shape", [(64, 64), (50, 90)])
def test_fields_have_no_mean_and_a_deviation_of_one(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(0)
    for field in (noise(shape, rng, 2.0), smooth_noise(shape, rng, 20), *(texture(shape, rng) for _ in range(12))):
        assert field.shape == shape
        assert field.mean() == pytest.approx(0, abs=1e-3)
        assert field.std() == pytest.approx(1, abs=1e-2)


def test_a_thing_and_its_ground_differ() -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        light, dark = colour_pair(rng, dark_on_light=True)
        assert light.mean() > dark.mean()
        assert min(light.min(), dark.min()) >= 0
        assert max(light.max(), dark.max()) <= 1


def test_a_second_process_draws_the_scenes_that_the_seed_gives() -> None:
    with SceneStream(seed=5) as scenes:
        image, labels = scenes.take()
        scenes.take()
    expected = draw_scene(SCENE_SHAPE, np.random.default_rng(5))
    assert np.array_equal(image, expected[0])
    assert np.array_equal(labels, expected[1])
