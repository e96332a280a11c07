"""Scenes whose subject is blobs: nuclei and cells, particles and grains, leaves and plants."""

import numpy as np
from scipy.ndimage import gaussian_filter

from shared_folder.classes import BACKGROUND
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
from trainer.synthetic_shapes import Floats, Shape
from trainer.synthetic_textures import colour, colour_pair, ground, noise, roughness

MOST = 160


def _places(shape: Shape, rng: np.random.Generator, radius: float) -> Floats:
    """Where things of about that radius lie: strewn, apart from each other, or in heaps. (N, 2)"""
    area = shape[0] * shape[1]
    number = max(1, min(MOST, rng.poisson(rng.uniform(0.03, 0.5) * area / (3.14 * radius**2))))
    places = (rng.uniform(-0.03, 1.03, (number, 2)) * shape).astype(np.float32)
    if rng.random() < 0.4:
        heaps = places[: max(1, number // int(rng.integers(4, 15)))]
        middles = heaps[rng.integers(len(heaps), size=number)]
        places = middles + rng.normal(0, radius * rng.uniform(1.5, 5), (number, 2)).astype(np.float32)
    if rng.random() < 0.6:
        places = _apart(places, radius * rng.uniform(1.2, 2.2))
    return places


def _apart(places: Floats, least: float) -> Floats:
    """Those of the places that lie at least so far from all that were kept before them."""
    kept: list[Floats] = []
    for place in places:
        if not kept or np.hypot(*(np.array(kept) - place).T).min() >= least:
            kept.append(place)
    return np.array(kept)


def nuclei(shape: Shape, rng: np.random.Generator) -> Canvas:
    """Nuclei or cells: fluorescent, stained, or in bright field with a halo; some out of focus, some touching."""
    fluorescent = rng.random() < 0.45
    if fluorescent:
        base, tint = colour(rng, rng.uniform(0, 0.12)), colour(rng, rng.uniform(0.25, 1))
    else:
        base, tint = colour_pair(rng, dark_on_light=rng.random() < 0.75)
    canvas = Canvas(ground(shape, rng, base, roughness(rng, base, tint, 0.15 if fluorescent else 0.4)), rng)
    radius = log_uniform(rng, 2.2, 32)
    if rng.random() < 0.3:
        _cytoplasm(canvas, radius, base, tint)
    rough, stretch, spread = rng.uniform(0.02, 0.25), rng.choice((1.0, 1.4, 2.5)), rng.uniform(0.05, 0.5)
    outlines = []
    for place in _places(shape, rng, radius):
        size = radius * np.exp(rng.normal(0, spread * 0.7))
        points = outline_around(place, size, rng, rough, rng.uniform(1, stretch))
        outlines.append(Outline(points, rng.random(), _rim(radius, rng)))
    _debris(canvas, radius)
    _lay_cells(canvas, outlines, base, tint, radius)
    return canvas


def _rim(radius: float, rng: np.random.Generator) -> float:
    return float(max(0.5, radius * rng.uniform(0.05, 0.2)))


def _lay_cells(canvas: Canvas, outlines: list[Outline], base: Floats, tint: Floats, radius: float) -> None:
    """In one layer, or some before and some behind the plane of focus."""
    rng = canvas.rng
    spread, grain, rim = rng.uniform(0, 1.4), rng.exponential(0.15), rng.uniform(-0.8, 0.8) * (rng.random() < 0.6)
    layers, glow = (2 if rng.random() < 0.3 else 1), rng.uniform(0, 0.5) * (rng.random() < 0.5)
    rim_colour = np.clip(tint * (1 + rim), 0, 1)
    for layer in range(layers):
        drawn = draw_outlines(canvas.shape, outlines[layer::layers])
        surface = canvas.toned(tint, drawn, spread, grain)
        if rng.random() < 0.4:  # brighter or darker in the middle, as a ball is
            ball = gaussian_filter(drawn.coverage, max(1.0, radius / 2.5))
            surface = surface * (1 + rng.uniform(-0.6, 1) * (ball - 0.5))[..., None]
        surface = surface + np.abs(rim) * drawn.rim[..., None] * (rim_colour - surface)
        if glow:
            halo = gaussian_filter(drawn.coverage, rng.uniform(2, 8))[..., None]
            canvas.colour = canvas.colour + glow * halo * (tint - base)
        canvas.lay(drawn, surface, BLOB, rng.uniform(0.45, 1))
        if layer < layers - 1:
            canvas.colour = gaussian_filter(canvas.colour, (*(rng.uniform(0.5, 4),) * 2, 0))
    if rng.random() < 0.25:
        canvas.shade(drawn, rng.uniform(-1.5, 1.5), 0)


def _cytoplasm(canvas: Canvas, radius: float, base: Floats, tint: Floats) -> None:
    """Faint larger shapes around and between: other parts of the cells. Background."""
    rng = canvas.rng
    outlines = [
        Outline(outline_around(place, radius * rng.uniform(2, 4), rng, 0.25, rng.uniform(1, 2)), rng.random())
        for place in rng.uniform(0, 1, (rng.integers(3, 25), 2)) * canvas.shape
    ]
    drawn = draw_outlines(canvas.shape, outlines)
    faint = base + rng.uniform(0.1, 0.45) * (tint - base)
    canvas.lay(drawn, canvas.toned(faint, drawn, 0.5, 0.15), BACKGROUND, rng.uniform(0.4, 1))
    if rng.random() < 0.5:
        canvas.colour = gaussian_filter(canvas.colour, (2, 2, 0))


def _debris(canvas: Canvas, radius: float) -> None:
    """Specks much smaller than what counts, of any colour; lines that cross the picture."""
    rng = canvas.rng
    if rng.random() < 0.4 and radius > 4:
        places = rng.uniform(0, 1, (rng.integers(3, 60), 2)) * canvas.shape
        outlines = [
            Outline(outline_around(place, rng.uniform(0.5, radius / 4), rng, 0.2), rng.random()) for place in places
        ]
        canvas.lay(draw_outlines(canvas.shape, outlines), colour(rng, rng.random()), BACKGROUND, rng.uniform(0.3, 1))
    if rng.random() < 0.15:
        width = log_uniform(rng, 1, 10)
        lines = []
        for _ in range(rng.integers(1, 5)):
            start = np.asarray(rng.uniform(0, 1, 2) * canvas.shape, np.float32)
            points, _ = wander(start, rng.uniform(0, 6.28), rng.uniform(60, 400), 0.1, 0.02, rng)
            lines.append(Line(points, np.full(len(points), width), rng.random()))
        canvas.lay(draw_lines(canvas.shape, lines), colour(rng, rng.random()), LINE, rng.uniform(0.4, 1))


def particles(shape: Shape, rng: np.random.Generator) -> Canvas:
    """Grains, bubbles, rods, crystals and seeds, lit from one side, casting shadows."""
    base, tint = colour_pair(rng)
    canvas = Canvas(ground(shape, rng, base, roughness(rng, base, tint, 0.5)), rng)
    radius, kind = log_uniform(rng, 2.5, 40), rng.choice(("round", "angular", "rod", "ring"))
    outlines = []
    for place in _places(shape, rng, radius):
        size = radius * np.exp(rng.normal(0, 0.3))
        if kind == "angular":
            angles = np.sort(rng.uniform(0, 2 * np.pi, rng.integers(4, 9)))
            points = np.asarray(place + size * np.stack((np.sin(angles), np.cos(angles)), -1), np.float32)
        else:
            points = outline_around(
                place, size, rng, 0.04 if kind == "ring" else 0.1, rng.uniform(2.5, 6) if kind == "rod" else 1.1
            )
        outlines.append(Outline(points, rng.random(), _rim(radius, rng)))
    drawn = draw_outlines(shape, outlines)
    surface = canvas.toned(tint, drawn, rng.uniform(0, 1.2), rng.exponential(0.12))
    edge = np.float32(rng.uniform(0.3, 1)) if kind == "ring" else np.float32(rng.uniform(0, 1) * (rng.random() < 0.4))
    surface = surface + edge * drawn.rim[..., None] * (colour(rng, rng.random()) - surface)
    canvas.lay(drawn, surface, BLOB, rng.uniform(0.15, 0.5) if kind == "ring" else rng.uniform(0.6, 1))
    if kind == "ring":  # bubbles: what shows is their edge
        canvas.colour = canvas.colour + (drawn.rim * rng.uniform(0.4, 1))[..., None] * (tint - canvas.colour)
    if rng.random() < 0.7:
        canvas.shade(drawn, rng.uniform(0, 1.6), rng.uniform(0, 0.6))
    return canvas


def leaves(shape: Shape, rng: np.random.Generator) -> Canvas:
    """Plants on soil, or other things of a strong colour with lobed, toothed or narrow forms."""
    base, tint = colour_pair(rng, dark_on_light=rng.random() < 0.3)
    if rng.random() < 0.6:
        tint = np.asarray((tint[0] * rng.uniform(0.3, 0.9), tint[1], tint[2] * rng.uniform(0.1, 0.8)), np.float32)
    canvas = Canvas(ground(shape, rng, base, roughness(rng, base, tint, 0.6)), rng)
    _clods(canvas, min(rng.uniform(0, 1.5), 3 * float(np.abs(base - tint).mean())))
    for _ in range(rng.integers(2, 10)):
        _plant(canvas, tint * np.float32(rng.uniform(0.75, 1.25)))
    return canvas


def _plant(canvas: Canvas, tint: Floats) -> None:
    """Leaves about a middle, with stalks and, often, a lighter or darker midrib."""
    rng = canvas.rng
    middle = np.asarray(rng.uniform(-0.05, 1.05, 2) * canvas.shape, np.float32)
    reach, narrow = log_uniform(rng, 18, 130), log_uniform(rng, 0.7, 4)
    lobes, depth, stalk = rng.integers(3, 13), rng.uniform(0, 0.6) * (rng.random() < 0.6), rng.uniform(0, 0.5)
    turn, outlines, ribs, stems = rng.uniform(0, 6.28), [], [], []
    number = int(rng.integers(1, 9))
    for leaf in range(number):
        heading = turn + leaf * 2 * np.pi / number + rng.normal(0, 0.3)
        length = reach * rng.uniform(0.5, 1.1)
        along, across = np.array((np.sin(heading), np.cos(heading))), np.array((np.cos(heading), -np.sin(heading)))
        angles = np.linspace(0, 2 * np.pi, 60, endpoint=False)
        radii = 1 - depth * (0.5 + 0.5 * np.cos(lobes * angles)) + 0.03 * rng.standard_normal(60)
        outward = (0.5 + 0.5 * np.cos(angles) * radii) * length * (1 - stalk) + stalk * length
        aside = np.sin(angles) * radii * length * (1 - stalk) / narrow / 2 * (1 + 0.4 * np.cos(angles))
        aside = aside + rng.normal(0, 0.15) * outward**2 / length
        outlines.append(
            Outline((middle + outward[:, None] * along + aside[:, None] * across).astype(np.float32), rng.random())
        )
        ends = np.stack((middle, middle + along * length * 0.9)).astype(np.float32)
        ribs.append(Line(ends, np.full(2, max(0.6, length / 60)), 0.5))
        stems.append(
            Line(ends * np.float32(0.5) + ends[:1] * np.float32(0.5), np.full(2, max(1.0, length / 25)), 0.5)
        )
    canvas.lay(draw_lines(canvas.shape, stems), tint * np.float32(rng.uniform(0.7, 1.3)), BLOB)
    drawn = draw_outlines(canvas.shape, outlines)
    canvas.lay(drawn, canvas.toned(tint, drawn, rng.uniform(0, 0.6), rng.uniform(0, 0.15)), BLOB)
    if rng.random() < 0.5:
        canvas.lay(draw_lines(canvas.shape, ribs), tint * np.float32(rng.uniform(0.6, 1.6)), BLOB, 0.5)
    canvas.shade(drawn, rng.uniform(0, 0.8), rng.uniform(0, 0.6))


def _clods(canvas: Canvas, strength: float) -> None:
    """Lumps of earth with shadows: ground, not things."""
    rng = canvas.rng
    height = noise(canvas.shape, rng, rng.uniform(2, 3.2), rng.uniform(15, 120))
    slope = np.gradient(height)
    lit = slope[0] * canvas.light[0] + slope[1] * canvas.light[1]
    canvas.colour = canvas.colour * np.exp(np.clip(-strength * lit, -1, 0.7))[..., None]


def organelles(shape: Shape, rng: np.random.Generator) -> Canvas:
    """Large grey bodies with a distinct edge and layers within, in a grainy surround: electron micrographs."""
    base, tint = colour_pair(rng, dark_on_light=rng.random() < 0.7)
    canvas = Canvas(ground(shape, rng, base, roughness(rng, base, tint, 0.4)), rng)
    radius = log_uniform(rng, 12, 70)
    places = _apart(_places(shape, rng, radius), radius * 1.6)
    stretch = rng.uniform(1, 3)
    outlines = []
    for place in places:
        size = radius * np.exp(rng.normal(0, 0.2))
        points = outline_around(place, size, rng, 0.12, rng.uniform(1, stretch))
        outlines.append(Outline(points, rng.random(), rng.uniform(1, 3)))
    drawn = draw_outlines(shape, outlines)
    layers = ground(shape, rng, tint, roughness(rng, tint, base, 0.6))
    rim = drawn.rim[..., None]
    canvas.lay(drawn, layers + rim * (tint * np.float32(0.5) - layers), BLOB, rng.uniform(0.6, 1))
    canvas.labels[drawn.rim > 0.5] = BOUNDARY if rng.random() < 0.5 else BLOB
    return canvas
