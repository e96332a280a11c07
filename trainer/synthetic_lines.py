"""Scenes whose subject is lines: vessels, roots, cracks, fibres, and cells divided by membranes."""

import numpy as np
from scipy.ndimage import gaussian_filter
from scipy.spatial import Voronoi

from shared_folder.classes import BACKGROUND
from trainer.synthetic_camera import field_of_view
from trainer.synthetic_drawing import (
    BLOB,
    BOUNDARY,
    LINE,
    Canvas,
    Line,
    Outline,
    draw_lines,
    draw_outlines,
    log_uniform,
    outline_around,
    wander,
)
from trainer.synthetic_shapes import Floats, Shape, smoothstep
from trainer.synthetic_textures import colour, colour_pair, ground, noise, roughness, smooth_noise, texture

LONGEST_TREE = 90  # lines in one tree: more take long to draw and can't be told apart


def _somewhere(shape: Shape, rng: np.random.Generator, beyond: float = 0.0) -> Floats:
    """A place (2,) in the picture, or up to `beyond` of its size outside."""
    return np.asarray(rng.uniform(-beyond, 1 + beyond, 2) * shape, np.float32)


def _edge(shape: Shape, rng: np.random.Generator) -> tuple[Floats, float]:
    """A place on the picture's edge and a heading inwards."""
    side = rng.integers(4)
    along, inwards = rng.uniform(0, 1), (0.5 * np.pi, np.pi, -0.5 * np.pi, 0.0)[side]
    place = ((0.0, along), (along, 1.0), (1.0, along), (along, 0.0))[side]
    return np.asarray(np.multiply(place, shape), np.float32), float(inwards + rng.normal(0, 0.5))


# ---- trees: vessels and roots -------------------------------------------------------------------------------------


def _tree(trunk: Line, rng: np.random.Generator, spacing: float, thinning: float, least: float) -> list[Line]:
    """A line with its branches and theirs, thinnest first."""
    grown, waiting = [trunk], [trunk]
    while waiting and len(grown) < LONGEST_TREE:
        parent = waiting.pop(0)
        at = rng.uniform(0.2, 1) * spacing
        while at / 3 < len(parent.points) - 2:
            index = int(at / 3)
            width = float(parent.widths[index]) * rng.uniform(thinning, min(1.0, thinning + 0.4))
            if width >= least:
                tangent = parent.points[index + 1] - parent.points[index]
                heading = np.arctan2(tangent[0], tangent[1]) + rng.choice((-1, 1)) * rng.uniform(0.4, 1.4)
                length = 3 * len(parent.points) * log_uniform(rng, 0.1, 0.9)
                child = _grown(parent.points[index], float(heading), length, width, rng, parent.tone)
                grown.append(child)
                waiting.append(child)
            at += spacing * rng.uniform(0.4, 1.8)
    return grown[::-1]


def _grown(start: Floats, heading: float, length: float, width: float, rng: np.random.Generator, tone: float) -> Line:
    points, _ = wander(start, heading, length, log_uniform(rng, 0.05, 0.7), rng.uniform(0, 0.12), rng)
    taper = np.linspace(1, rng.uniform(0.3, 0.9), len(points))
    uneven = 1 + 0.15 * gaussian_filter(rng.standard_normal(len(points)), 2)
    return Line(points, np.maximum(width * taper * uneven, 0.5), float(np.clip(tone + rng.normal(0, 0.12), 0, 1)))


def _trees(shape: Shape, rng: np.random.Generator, number: int, thickest: float) -> list[Line]:
    lines: list[Line] = []
    spacing, thinning = log_uniform(rng, 14, 90), rng.uniform(0.3, 0.7)
    least = rng.uniform(0.6, 1.3)
    for _ in range(number):
        start, heading = _edge(shape, rng) if rng.random() < 0.8 else (_somewhere(shape, rng), rng.uniform(0, 6.28))
        width = thickest * rng.uniform(0.4, 1)
        trunk = _grown(start, heading, rng.uniform(0.4, 1.4) * max(shape), width, rng, rng.random())
        lines += _tree(trunk, rng, spacing, thinning, least)
    return sorted(lines, key=lambda line: float(line.widths[0]))


def vessels(shape: Shape, rng: np.random.Generator) -> Canvas:
    """Branching vessels on smooth tissue: darker or lighter, with a bright disc, spots and a field of view."""
    base, tint = colour_pair(rng, dark_on_light=rng.random() < 0.7)
    canvas = Canvas(ground(shape, rng, base, roughness(rng, base, tint, 0.1)), rng)
    for _ in range(rng.poisson(1.2)):  # the optic disc, the fovea, lesions: soft, not lines
        drawn = draw_outlines(
            shape, [Outline(outline_around(_somewhere(shape, rng), rng.uniform(10, 60), rng, 0.1), 0)]
        )
        soft = gaussian_filter(drawn.coverage, rng.uniform(2, 20))[..., None] * rng.uniform(0.2, 0.9)
        canvas.colour = canvas.colour + soft * (colour(rng, rng.uniform(0.1, 1)) - canvas.colour)
    drawn = draw_lines(shape, _trees(shape, rng, int(rng.integers(2, 6)), log_uniform(rng, 2.5, 14)))
    canvas.lay(drawn, canvas.toned(tint, drawn, rng.uniform(0, 0.3), 0), LINE, rng.uniform(0.4, 1))
    if rng.random() < 0.4:  # the light's reflex along the middle of the wider ones
        reflex = np.clip(gaussian_filter(drawn.coverage, 2) - 0.75, 0, 1)[..., None] * rng.uniform(0.5, 2)
        canvas.colour = canvas.colour + reflex * np.abs(base - tint)
    _spots(canvas, rng.poisson(6), 1.2, 5, BACKGROUND)
    if rng.random() < 0.5:
        canvas.colour = field_of_view(canvas.colour, canvas.labels, BACKGROUND, rng)
    return canvas


def _spots(canvas: Canvas, number: int, small: float, large: float, label: int) -> None:
    """Stones, specks, droplets of many tones."""
    if not number:
        return
    rng = canvas.rng
    outlines = [
        Outline(
            outline_around(_somewhere(canvas.shape, rng, 0.05), log_uniform(rng, small, large), rng, 0.18,
                           rng.uniform(1, 1.8)),
            rng.random(),
        )
        for _ in range(number)
    ]  # fmt: skip
    drawn = draw_outlines(canvas.shape, outlines)
    tint = colour(rng, rng.uniform(0.1, 0.9))
    canvas.lay(
        drawn, canvas.toned(tint, drawn, rng.uniform(0.3, 1.6), rng.uniform(0, 0.15)), label, rng.uniform(0.5, 1)
    )
    if rng.random() < 0.6:
        canvas.shade(drawn, rng.uniform(0, 1.2), rng.uniform(0, 0.5))


def roots(shape: Shape, rng: np.random.Generator) -> Canvas:
    """Roots in soil: stones and crumbs about them, soil over them, straw and scratches that are none."""
    base, tint = colour_pair(rng, dark_on_light=rng.random() < 0.2)
    canvas = Canvas(ground(shape, rng, base, roughness(rng, base, tint, 0.5)), rng)
    _spots(canvas, rng.poisson(rng.choice((0, 30, 150))), 0.8, 2.5, BACKGROUND)
    _spots(canvas, rng.poisson(rng.choice((0, 4, 20))), 4, 18, BLOB)
    thickest = log_uniform(rng, 1.5, 16)
    drawn = draw_lines(shape, _trees(shape, rng, int(rng.integers(1, 5)), thickest))
    bury = smoothstep(noise(shape, rng, rng.uniform(1.5, 3.4), 150), rng.uniform(0.6, 2), 2.2)
    shown = drawn.buried(bury)
    tints = canvas.toned(tint, drawn, rng.uniform(0, 0.7), rng.uniform(0, 0.12))
    canvas.lay(shown, tints, LINE, rng.uniform(0.6, 1))
    if rng.random() < 0.7:
        canvas.shade(shown, rng.uniform(0, 1.5), rng.uniform(0, 0.6))
    _straws(canvas, rng.poisson(1.0))
    _spots(canvas, rng.poisson(rng.choice((0, 2, 15))), 0.8, 3, BACKGROUND)
    return canvas


def _straws(canvas: Canvas, number: int) -> None:
    """Short and stiff, or long, faint and straight: scratches. Background, though they look like lines."""
    rng = canvas.rng
    for _ in range(number):
        length, width = rng.uniform(20, 200), rng.uniform(0.5, 8)
        points, _ = wander(_somewhere(canvas.shape, rng), rng.uniform(0, 6.28), length, 0.002, 0, rng)
        drawn = draw_lines(canvas.shape, [Line(points, np.full(len(points), width), rng.random())])
        tint = colour(rng, rng.uniform(0.1, 0.95))
        canvas.lay(drawn, canvas.toned(tint, drawn, 0, 0.2), BACKGROUND, 0.3 if width < 2 else 0.9)


# ---- cracks -------------------------------------------------------------------------------------------------------


def cracks(shape: Shape, rng: np.random.Generator) -> Canvas:
    """Thin irregular cracks in stone, plaster, asphalt or tiles with straight joints."""
    base = colour(rng, rng.uniform(0.25, 0.95))
    canvas = Canvas(ground(shape, rng, base, rng.exponential(0.07)), rng)
    if rng.random() < 0.5:
        _joints(canvas)
    _spots(canvas, rng.poisson(rng.choice((0, 3, 20))), 1, 6, BACKGROUND)
    if rng.random() < 0.25:
        _plates(canvas, int(rng.integers(1, 3)))
    lines: list[Line] = []
    width = log_uniform(rng, 0.7, 6)
    for _ in range(rng.integers(1, 5)):
        start, heading = _edge(shape, rng) if rng.random() < 0.6 else (_somewhere(shape, rng), rng.uniform(0, 6.28))
        lines += _crack(start, heading, rng.uniform(0.3, 1.3) * max(shape), width, rng, branches=2)
    drawn = draw_lines(shape, lines)
    depth = base * rng.uniform(0.05, 0.75) if rng.random() < 0.85 else np.clip(base * 1.6 + 0.1, 0, 1)
    canvas.lay(drawn, np.asarray(depth, np.float32), LINE, rng.uniform(0.6, 1))
    if rng.random() < 0.3:  # a lit lip on one side
        canvas.shade(drawn, rng.uniform(-0.8, 0.8), rng.uniform(-0.3, 0.2))
    return canvas


def _crack(
    start: Floats, heading: float, length: float, width: float, rng: np.random.Generator, branches: int
) -> list[Line]:
    points, headings = wander(start, heading, length, 0.15, rng.uniform(0.15, 0.6), rng, rng.uniform(2, 6))
    uneven = np.exp(0.6 * gaussian_filter(rng.standard_normal(len(points)), 1.5))
    lines = [Line(points, np.maximum(width * uneven * np.linspace(1, 0.6, len(points)), 0.5), rng.random())]
    for _ in range(rng.poisson(1.2) if branches else 0):
        at = int(rng.integers(len(points)))
        side = headings[at] + rng.choice((-1, 1)) * rng.uniform(0.3, 1.3)
        reach = length * rng.uniform(0.1, 0.5)
        lines += _crack(points[at], float(side), reach, width * rng.uniform(0.4, 0.9), rng, branches - 1)
    return lines[::-1]


def _joints(canvas: Canvas) -> None:
    """Straight joints between tiles or bricks; each tile has a tone of its own."""
    rng, side = canvas.rng, max(canvas.shape)
    turn, size = rng.uniform(0, np.pi), rng.uniform(40, 200, 2)
    width, offset = log_uniform(rng, 1, 9), rng.uniform(0, 1, 2) * size
    down, right = np.array((np.sin(turn), np.cos(turn))), np.array((np.cos(turn), -np.sin(turn)))
    rows, columns = np.mgrid[: canvas.shape[0], : canvas.shape[1]]
    first = np.floor((rows * down[0] + columns * down[1] - offset[0]) / size[0]).astype(int)
    second = np.floor((rows * right[0] + columns * right[1] - offset[1]) / size[1]).astype(int)
    tones = rng.normal(1, rng.exponential(0.05), 997).astype(np.float32)
    canvas.colour = canvas.colour * tones[(first * 31 + second * 17) % 997][..., None]
    lines = []
    for across, along, step, start in ((down, right, size[0], offset[0]), (right, down, size[1], offset[1])):
        for number in range(-int(2 * side / step), int(2 * side / step) + 1):
            ends = across * (start + number * step) + along * np.array((-2.0 * side, 2.0 * side))[:, None]
            lines.append(Line(ends.astype(np.float32), np.full(2, width), 0.5))
    drawn = draw_lines(canvas.shape, lines)
    canvas.lay(
        drawn,
        ground(canvas.shape, rng, colour(rng, rng.uniform(0.1, 0.95)), rng.exponential(0.07)),
        BOUNDARY,
        rng.uniform(0.4, 1),
    )


def _plates(canvas: Canvas, number: int) -> None:
    """Straight-edged things of another material: a box, a window, a shadow with a sharp edge."""
    rng = canvas.rng
    for _ in range(number):
        corner, turn = _somewhere(canvas.shape, rng), rng.uniform(0, np.pi)
        reach = np.array(((0, 0), (0, 1), (1, 1), (1, 0))) * rng.uniform(20, 250, 2)
        spun = reach @ np.array(((np.cos(turn), np.sin(turn)), (-np.sin(turn), np.cos(turn))))
        drawn = draw_outlines(canvas.shape, [Outline((corner + spun).astype(np.float32), 0.5)])
        surface = ground(canvas.shape, rng, colour(rng, rng.uniform(0, 1)), rng.exponential(0.1))
        canvas.lay(drawn, surface, BACKGROUND, rng.choice((0.3, 1)))


# ---- fibres and membranes -----------------------------------------------------------------------------------------


def fibres(shape: Shape, rng: np.random.Generator) -> Canvas:
    """Long lines that cross: threads, filaments, hyphae, hairs."""
    base, tint = colour_pair(rng)
    canvas = Canvas(ground(shape, rng, base, roughness(rng, base, tint, 0.4)), rng)
    typical, curl = log_uniform(rng, 0.8, 12), log_uniform(rng, 0.005, 0.4)
    direction, spread = rng.uniform(0, 6.28), rng.choice((0.15, 0.6, 3.0))
    lines = []
    for _ in range(rng.integers(3, 40)):
        length = rng.uniform(0.3, 2) * max(shape)
        points, _ = wander(_somewhere(shape, rng, 0.4), direction + rng.normal(0, spread), length, curl, 0.02, rng, 5)
        lines.append(Line(points, np.full(len(points), typical * np.exp(rng.normal(0, 0.25))), rng.random()))
    layers = int(rng.integers(1, 3))
    for layer in range(layers):
        drawn = draw_lines(shape, lines[layer::layers])
        surface = canvas.toned(tint, drawn, rng.uniform(0, 1), rng.uniform(0, 0.1))
        canvas.lay(drawn, surface, LINE, rng.uniform(0.5, 1))
        if typical > 3 and rng.random() < 0.7:
            canvas.shade(drawn, rng.uniform(0, 1.5), rng.uniform(0, 0.6))
    _spots(canvas, rng.poisson(rng.choice((0, 10))), 1, 4, BACKGROUND)
    return canvas


def membranes(shape: Shape, rng: np.random.Generator) -> Canvas:
    """Cells side by side with walls between: tissue, or grey as under an electron microscope, with organelles."""
    spacing = log_uniform(rng, 18, 90)
    base, wall = colour_pair(rng, dark_on_light=rng.random() < 0.75)
    canvas = Canvas(ground(shape, rng, base, roughness(rng, base, wall, 0.3)), rng)
    corners, cells, borders = _packed(shape, spacing, rng)
    inside = draw_outlines(shape, cells)
    grey = canvas.toned(base, inside, rng.exponential(0.25), rng.uniform(0.02, 0.3))
    canvas.lay(inside, grey, BACKGROUND, rng.uniform(0.3, 1))
    _organelles(canvas, corners, spacing, wall, rng)
    drawn = draw_lines(shape, borders)
    tints = canvas.toned(wall, drawn, rng.uniform(0, 0.4), rng.uniform(0, 0.15))
    canvas.lay(drawn, tints, BOUNDARY, rng.uniform(0.6, 1))
    _spots(canvas, rng.poisson(rng.choice((0, 20, 80))), 0.8, 2.2, BACKGROUND)
    grainy = rng.uniform(0, 0.3) * float(np.abs(base - wall).mean()) * texture(shape, rng)
    canvas.colour = canvas.colour + grainy[..., None]
    return canvas


def _packed(shape: Shape, spacing: float, rng: np.random.Generator) -> tuple[Floats, list[Outline], list[Line]]:
    """Voronoi cells bent by smooth noise: their middles (N, 2), their outlines, and the walls between them."""
    count = max(8, round((shape[0] + 4 * spacing) * (shape[1] + 4 * spacing) / spacing**2))
    seeds = rng.uniform((-2 * spacing,) * 2, (shape[0] + 2 * spacing, shape[1] + 2 * spacing), (count, 2))
    dense = rng.random(count) < 0.3
    seeds[dense] = seeds[rng.integers(count, size=int(dense.sum()))] + rng.normal(
        0, spacing / 3, (int(dense.sum()), 2)
    )
    voronoi = Voronoi(seeds)
    bend = (
        np.stack([smooth_noise(shape, rng, 0.8 * spacing) for _ in range(2)], -1) * spacing * rng.uniform(0.05, 0.3)
    )

    def bent(places: Floats) -> Floats:
        rows = np.clip(places[:, 0], 0, shape[0] - 1).astype(int)
        columns = np.clip(places[:, 1], 0, shape[1] - 1).astype(int)
        return np.asarray(places + bend[rows, columns], np.float32)

    width, broken = log_uniform(rng, 1.2, 7), rng.choice((0, 0, 0.04))
    walls = []
    for first, second in voronoi.ridge_vertices:
        if first >= 0 and rng.random() >= broken:
            ends = voronoi.vertices[[first, second]]
            pieces = max(2, min(60, int(np.linalg.norm(ends[1] - ends[0]) / 5)))
            points = bent(ends[0] + np.linspace(0, 1, pieces)[:, None] * (ends[1] - ends[0]))
            widths = width * rng.uniform(0.6, 1.5) * np.exp(0.2 * rng.standard_normal(pieces))
            walls.append(Line(points, widths.astype(np.float32), rng.random()))
    regions = [voronoi.regions[region] for region in voronoi.point_region]
    cells = [
        Outline(bent(voronoi.vertices[region]), rng.random()) for region in regions if region and min(region) >= 0
    ]
    return np.asarray(seeds, np.float32), cells, walls


def _organelles(canvas: Canvas, middles: Floats, spacing: float, wall: Floats, rng: np.random.Generator) -> None:
    """Mitochondria, vesicles, nuclei: blobs with a rim, some striped within."""
    chosen = middles[rng.random(len(middles)) < rng.uniform(0, 0.7)]
    outlines = []
    for middle in chosen:
        place, size = middle + rng.normal(0, spacing / 8, 2).astype(np.float32), spacing * rng.uniform(0.08, 0.3)
        points = outline_around(place, size, rng, 0.12, rng.uniform(1, 2))
        outlines.append(Outline(points, rng.random(), rng.uniform(0, 2.5)))
    if not outlines:
        return
    drawn = draw_outlines(canvas.shape, outlines)
    surface = canvas.toned(wall * rng.uniform(0.8, 1.8) + 0.1, drawn, rng.uniform(0.2, 0.9), rng.uniform(0.05, 0.4))
    surface = surface + drawn.rim[..., None] * (wall - surface)
    canvas.lay(drawn, surface, BLOB, rng.uniform(0.4, 1))
