"""Strokes equal a plain rasterisation of their points; patches take them back, lay them down and travel."""

import itertools
import struct
import zlib

import numpy as np
import pytest

from shared_folder.annotation import Annotation, Patch, Piece, corrected, replay, take_over
from shared_folder.classes import BACKGROUND, CANT_TELL, FOREGROUND, UNKNOWN
from shared_folder.labels import Labels, Pixels
from shared_folder.rectangle import Rectangle, whole
from shared_folder.sweeps import Disc, Point, swept_disc

SHAPE = (400, 600)


def distances(bounds: Rectangle, start: Point, end: Point) -> np.ndarray:
    """Distance (h, w) of each pixel's centre from a segment."""
    rows = np.arange(bounds.top, bounds.bottom)[:, None] + 0.5 - start[0]
    columns = np.arange(bounds.left, bounds.right)[None] + 0.5 - start[1]
    along = np.subtract(end, start)
    squared = float(along @ along)
    nearest = np.clip((rows * along[0] + columns * along[1]) / squared, 0, 1) if squared else 0.0
    return np.hypot(rows - nearest * along[0], columns - nearest * along[1])


def depths(shape: tuple[int, int], start: Disc, end: Disc) -> np.ndarray:
    """How deep (H, W) each pixel's centre lies in the deepest of all discs between two: the largest of radius less
    distance, below 0 outside. A concave function of how far the disc has come, so that its top is found by hand."""
    down, right = np.subtract(end.centre, start.centre)
    length, thinner = np.hypot(down, right), start.radius - end.radius
    rows = np.arange(shape[0])[:, None] + 0.5 - start.centre[0]
    columns = np.arange(shape[1])[None] + 0.5 - start.centre[1]
    if length <= abs(thinner):
        share = np.full(shape, float(thinner < 0))
    else:
        along = (rows * down + columns * right) / length
        across = abs(rows * right - columns * down) / length
        share = np.clip((along - thinner * across / np.sqrt(length**2 - thinner**2)) / length, 0, 1)
    return start.radius - share * thinner - np.hypot(rows - share * down, columns - share * right)


def reference(shape: tuple[int, int], points: list[Point], radius: float, label: int) -> Pixels:
    """The labels (H, W) that one stroke through points leaves on an empty annotation."""
    painted = np.zeros(shape, np.uint8)
    for start, end in zip([points[0], *points], points, strict=False):
        painted[distances(whole(shape), start, end) <= radius] = label
        row, column = int(np.floor(end[0])), int(np.floor(end[1]))
        if 0 <= row < shape[0] and 0 <= column < shape[1]:
            painted[row, column] = label
    return painted


def stroke(annotation: Annotation, points: list[Point], radius: float, label: int) -> Patch | None:
    """As the brush makes one: each segment knows where the one before it began."""
    annotation.begin_stroke()
    before = None
    for start, end in zip([points[0], *points], points, strict=False):
        annotation.stamp(start, end, radius, label, before)
        before = start
    return annotation.end_stroke()


def painted() -> tuple[Annotation, Patch]:
    annotation = Annotation(Labels(SHAPE))
    patch = stroke(annotation, [(100, 100), (150, 400), (300, 420)], 12.5, FOREGROUND)
    assert patch is not None
    return annotation, patch


def test_a_swept_disc_holds_the_pixels_whose_centres_are_within_the_radius() -> None:
    numbers = np.random.default_rng(3)
    bounds = Rectangle(3, 5, 50, 55)
    for case in range(400):
        start, end = (tuple(numbers.uniform(-5, 65, 2)) for _ in range(2))
        if case % 4 == 0:
            end = (start[0], end[1])  # along a row
        if case % 5 == 0:
            end = (end[0], start[1])  # along a column; with the line above, a dab
        radius = numbers.uniform(0.5, 25)
        away = distances(bounds, start, end)
        sure = abs(away - radius) > 1e-6
        np.testing.assert_array_equal(swept_disc(bounds, start, end, radius)[sure], (away <= radius)[sure])


@pytest.mark.parametrize("radius", [0.5, 3, 12.5, 80])
def test_a_stroke_equals_the_rasterisation_of_its_points(radius: float) -> None:
    points = [(20.25, 30.5), (25.1, 300.7), (390.9, 310.2), (399.9, 700.3), (-40.0, 500.0)]
    annotation = Annotation(Labels(SHAPE))
    stroke(annotation, points, radius, FOREGROUND)
    np.testing.assert_array_equal(annotation.labels.to_array(), reference(SHAPE, points, radius, FOREGROUND))


def test_a_brush_that_grows_and_shrinks_labels_the_union_of_all_its_discs() -> None:
    numbers = np.random.default_rng(5)
    for case in range(60):
        points = [tuple(point) for point in numbers.uniform(-10, 110, (6, 2))]
        if case % 3 == 0:
            points[2] = (points[1][0], points[2][1])  # along a row
        if case % 4 == 0:
            points[3] = (points[2][0] + 0.5, points[2][1])  # one disc inside the other
        if case % 5 == 0:
            points[4] = points[3]  # pressed harder in one place
        discs = [Disc(point, radius) for point, radius in zip(points, numbers.uniform(0.6, 30, 6), strict=True)]
        annotation = Annotation(Labels((100, 100)))
        annotation.begin_stroke()
        told, before = np.zeros((100, 100), bool), None
        for start, end in zip([discs[0], *discs], discs, strict=False):
            for part in annotation.sweep(start, end, FOREGROUND, before):
                told[part.slices] = True
            before = start
        ways = [(discs[0], discs[0]), *itertools.pairwise(discs)]
        deepest = np.max([depths((100, 100), *way) for way in ways], axis=0)
        sure = abs(deepest) > 1e-6
        labels = annotation.labels.to_array()
        np.testing.assert_array_equal((labels == FOREGROUND)[sure], (deepest > 0)[sure])
        assert not labels[~told].any()


def test_a_disc_that_is_hardly_there_labels_the_pixel_under_it() -> None:
    annotation = Annotation(Labels(SHAPE))
    annotation.begin_stroke()
    assert annotation.sweep(Disc((7.05, 9.95), 0.0), Disc((7.05, 9.95), 0.0), FOREGROUND)
    assert annotation.labels.counts() == {FOREGROUND: 1}


def test_far_from_the_origin_a_stroke_is_as_exact() -> None:
    """Single precision loses a thousandth of a pixel out there."""
    corner = (19_000, 19_000)
    near, far = Annotation(Labels(SHAPE)), Annotation(Labels((20_000, 20_000)))
    points = [(50.3, 60.7), (80.123, 140.456)]
    stroke(near, points, 9.37, FOREGROUND)
    stroke(far, [(row + corner[0], column + corner[1]) for row, column in points], 9.37, FOREGROUND)
    place = Rectangle(0, 0, 200, 200)
    np.testing.assert_array_equal(far.labels.read(place.shifted(*corner)), near.labels.read(place))


def test_the_smallest_brush_labels_the_pixel_under_the_pointer() -> None:
    annotation = Annotation(Labels(SHAPE))
    annotation.begin_stroke()
    assert annotation.stamp((7.05, 9.95), (7.05, 9.95), 0.1, FOREGROUND)
    assert annotation.labels.counts() == {FOREGROUND: 1}
    assert annotation.labels.read(Rectangle(7, 9, 8, 10))[0, 0] == FOREGROUND


def test_a_stamp_beside_the_image_changes_nothing() -> None:
    annotation = Annotation(Labels(SHAPE))
    annotation.begin_stroke()
    assert annotation.stamp((-50, -50), (-30, 20), 10, FOREGROUND) == ()
    assert annotation.end_stroke() is None
    assert annotation.empty


def test_a_stamp_tells_rectangles_that_hold_every_change() -> None:
    annotation = Annotation(Labels(SHAPE))
    changed = annotation.stamp((100.5, 100.5), (120.5, 180.5), 7.3, FOREGROUND)
    labels = annotation.labels.to_array()
    told = np.zeros(SHAPE, bool)
    for part in changed:
        assert not part.empty
        told[part.slices] = True
    assert (labels[told] == FOREGROUND).sum() == (labels == FOREGROUND).sum() > 0
    assert told.sum() < 40 * 100


def test_a_wide_brush_changes_only_the_crescent_that_it_moves_on_by() -> None:
    """500 pixels wide, moved by 10: some 5,000 pixels are new, not the 200,000 of the disc."""
    annotation = Annotation(Labels((800, 1000)))
    annotation.begin_stroke()
    annotation.stamp((400, 400), (400, 400), 250, FOREGROUND)
    before = annotation.labels.to_array()
    changed = annotation.stamp((400, 400), (405, 409), 250, FOREGROUND, before=(400, 400))
    new = annotation.labels.to_array() != before
    told = np.zeros(new.shape, bool)
    for part in changed:
        told[part.slices] = True
    assert not (new & ~told).any()
    assert 4000 < new.sum() < 6000
    assert told.sum() < 8 * new.sum()


def test_a_tile_that_a_stroke_comes_back_to_is_undone_whole() -> None:
    annotation = Annotation(Labels((300, 3000)))
    there_and_back: list[Point] = [(100, 100), (100, 2900), (200, 2900), (200, 100)]
    patch = stroke(annotation, there_and_back, 10, FOREGROUND)
    assert patch is not None
    painted = annotation.labels.to_array()
    np.testing.assert_array_equal(painted, reference((300, 3000), there_and_back, 10, FOREGROUND))
    annotation.undo(patch)
    assert annotation.empty
    annotation.redo(patch)
    np.testing.assert_array_equal(annotation.labels.to_array(), painted)


def test_undo_and_redo_restore_labels_exactly() -> None:
    annotation, first = painted()
    one = annotation.labels.to_array()
    second = stroke(annotation, [(120, 200), (280, 500)], 30, BACKGROUND)
    assert second is not None
    two = annotation.labels.to_array()
    assert annotation.undo(second) == second.rectangle
    np.testing.assert_array_equal(annotation.labels.to_array(), one)
    annotation.undo(first)
    assert annotation.empty
    annotation.redo(first)
    annotation.redo(second)
    np.testing.assert_array_equal(annotation.labels.to_array(), two)


def test_a_stroke_over_its_own_label_leaves_no_patch() -> None:
    annotation, _ = painted()
    assert stroke(annotation, [(100, 100), (150, 400)], 10, FOREGROUND) is None


def test_a_stroke_never_ended_is_ended_by_the_next() -> None:
    annotation = Annotation(Labels(SHAPE))
    annotation.begin_stroke()
    annotation.stamp((50, 50), (50, 50), 5, FOREGROUND)
    second = stroke(annotation, [(200, 200)], 5, BACKGROUND)
    assert second is not None
    annotation.undo(second)
    assert set(annotation.labels.counts()) == {FOREGROUND}
    assert not annotation.painting


def test_an_undo_step_of_a_usual_stroke_is_small_on_any_image() -> None:
    annotation = Annotation(Labels((20_000, 20_000)))
    patch = stroke(annotation, [(5000, 5000 + 10 * step) for step in range(100)], 12.5, FOREGROUND)
    assert patch is not None
    assert patch.size < 20_000


def test_a_patch_travels_as_bytes() -> None:
    _, patch = painted()
    assert Patch.from_bytes(patch.to_bytes()) == patch
    assert Patch.from_bytes(b"") == Patch(())


def test_damaged_bytes_are_no_patch() -> None:
    _, patch = painted()
    content = patch.to_bytes()
    for cut in (1, 10, 24, 30, len(content) - 1):
        with pytest.raises(ValueError, match="patch"):
            Patch.from_bytes(content[:cut])
    with pytest.raises(ValueError, match=r"patch|reshape"):
        Patch.from_bytes(content[:24] + bytes(len(content) - 24))


@pytest.mark.parametrize("labels", [[UNKNOWN], [FOREGROUND, CANT_TELL], [UNKNOWN, FOREGROUND, BACKGROUND, CANT_TELL]])
def test_a_piece_keeps_any_labels(labels: list[int]) -> None:
    annotation = Annotation(Labels(SHAPE))
    annotation.labels.write(Rectangle(0, 0, 50, 70), np.resize(np.array(labels, np.uint8), (50, 70)))
    before = annotation.labels.to_array()
    patch = stroke(annotation, [(20, 20), (30, 40)], 9, 7)
    assert patch is not None
    annotation.undo(Patch.from_bytes(patch.to_bytes()))
    np.testing.assert_array_equal(annotation.labels.to_array(), before)


@pytest.mark.parametrize("block", [b"\x02\x00\x01", b"\x02\x00\x01" + zlib.compress(b"\xff"), b"", b"\x02\x00"])
def test_a_block_that_ends_too_early_is_refused(block: bytes) -> None:
    whole_piece = struct.pack("<6I", 0, 0, 10, 10, len(block), 1) + block + b"\x00"
    with pytest.raises(ValueError, match=r"patch|reshape"):
        Patch.from_bytes(whole_piece)


@pytest.mark.parametrize("rectangle", [(0, 0, 0, 0), (5, 5, 4, 6), (0, 0, 1 << 31, 1 << 31), (0, 0, 257, 10)])
def test_a_piece_larger_than_a_tile_or_empty_is_refused_before_it_is_unpacked(
    rectangle: tuple[int, int, int, int],
) -> None:
    bomb = zlib.compress(bytes(10_000_000))
    content = struct.pack("<6I", *rectangle, len(bomb), len(bomb)) + bomb + bomb
    with pytest.raises(ValueError, match="within one tile"):
        Patch.from_bytes(content)


def test_replayed_strokes_keep_what_somebody_else_painted_beside_them() -> None:
    ours, patch = painted()
    theirs = Labels(SHAPE)
    theirs.write(Rectangle(350, 0, 400, 50), BACKGROUND)
    assert replay([patch], theirs) == 0
    expected = ours.labels.to_array()
    expected[350:400, :50] = BACKGROUND
    np.testing.assert_array_equal(theirs.to_array(), expected)


def test_replayed_strokes_win_and_disagreements_are_counted() -> None:
    annotation, patch = painted()
    theirs = Labels(SHAPE)
    theirs.write(Rectangle(100, 100, 101, 103), BACKGROUND)  # labelled by both, differently
    theirs.write(Rectangle(100, 103, 101, 105), FOREGROUND)  # labelled by both alike
    assert replay([patch], theirs) == 3
    assert theirs == annotation.labels


def test_a_replayed_eraser_takes_back_what_it_erased() -> None:
    annotation, drawn = painted()
    erased = stroke(annotation, [(100, 100)], 30, UNKNOWN)
    assert erased is not None
    theirs = Labels(SHAPE)
    assert replay([drawn, erased], theirs) == 0
    assert theirs == annotation.labels


def test_pieces_hold_labels_before_and_after() -> None:
    piece = Piece(Rectangle(2, 3, 4, 6), zlib.compress(bytes(6)), zlib.compress(bytes([1, 2, 3, 4, 5, 6])))
    assert piece.values(piece.before).tolist() == [[0, 0, 0], [0, 0, 0]]
    assert piece.values(piece.after).tolist() == [[1, 2, 3], [4, 5, 6]]
    assert Patch((piece,)).rectangle == piece.rectangle


def test_the_corrected_mask_is_the_segmentation_under_the_annotation() -> None:
    segmentation = np.array([[1, 2, 2, 1]], np.uint8)
    annotation = np.array([[UNKNOWN, BACKGROUND, CANT_TELL, FOREGROUND]], np.uint8)
    assert corrected(segmentation, annotation).tolist() == [[1, BACKGROUND, 2, FOREGROUND]]


def test_replaying_a_stroke_and_its_undoing_leaves_the_others_labels() -> None:
    annotation = Annotation(Labels(SHAPE))
    annotation.begin_stroke()
    annotation.stamp((50, 50), (50, 300), 8, FOREGROUND)
    stroke = annotation.end_stroke()
    assert stroke is not None
    undone = Patch(tuple(Piece(piece.rectangle, piece.after, piece.before) for piece in stroke.pieces))
    theirs = Labels(SHAPE)
    theirs.write(whole(SHAPE), BACKGROUND)
    before = theirs.snapshot()
    assert replay([stroke, undone], theirs) == 0
    assert theirs == before
    assert replay([stroke, undone, stroke], theirs) == annotation.labels.counts()[FOREGROUND]
    assert theirs.to_array()[50, 100] == FOREGROUND


def test_taking_over_fills_unknown_pixels_only() -> None:
    ours, theirs = Labels(SHAPE), Labels(SHAPE)
    ours.write(Rectangle(0, 0, 100, 300), FOREGROUND)
    theirs.write(Rectangle(0, 200, 100, 400), BACKGROUND)
    stroke, differing = take_over(theirs, ours)
    assert differing == 100 * 100
    assert ours.counts() == {FOREGROUND: 100 * 300, BACKGROUND: 100 * 100}
    assert stroke is not None
    assert stroke.rectangle == Rectangle(0, 300, 100, 400)
    assert take_over(theirs, ours) == (None, differing)
