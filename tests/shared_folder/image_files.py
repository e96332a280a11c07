"""Image files for tests: random pixels, written in every format."""

from pathlib import Path

import imagecodecs
import numpy as np
import tifffile
from PIL import Image

from shared_folder.images import open_image
from shared_folder.rectangle import whole

BLACK = 0
WHITE = 255


def noise(height: int, width: int, channels: int, dtype: type = np.uint8) -> np.ndarray:
    """The same for the same arguments."""
    random = np.random.default_rng((height, width, channels))
    if np.issubdtype(dtype, np.floating):
        return random.normal(size=(height, width, channels)).astype(dtype)
    return random.integers(0, np.iinfo(dtype).max, (height, width, channels), dtype, endpoint=True)


def saved(path: Path, pixels: np.ndarray, **options) -> Path:
    """pixels: (h, w, C). By suffix: TIFF by tifffile, 16-bit PNG by imagecodecs, the rest by Pillow."""
    squeezed = pixels[..., 0] if pixels.shape[-1] == 1 else pixels
    if path.suffix == ".tif":
        photometric = "rgb" if pixels.shape[-1] >= 3 else "minisblack"
        extra = ["unassalpha"] if pixels.shape[-1] in (2, 4) else None
        tifffile.imwrite(path, squeezed, **{"photometric": photometric, "extrasamples": extra} | options)
    elif pixels.dtype == np.uint16:
        path.write_bytes(imagecodecs.png_encode(squeezed))
    else:
        Image.fromarray(squeezed).save(path, **options)
    return path


def pixels_of(path: Path, page: int | None = None) -> np.ndarray:
    image = open_image(path, () if page is None else (page,))
    pixels = image.read(0, whole(image.shape))
    assert pixels.shape == image.shape
    assert pixels.dtype == image.dtype
    return pixels


def all_shown(path: Path) -> np.ndarray:
    image = open_image(path)
    return image.displayed(0, whole(image.shape))


def all_learned(path: Path) -> np.ndarray:
    image = open_image(path)
    return image.learned(whole(image.shape))
