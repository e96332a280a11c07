"""Tools for folders of images and masks, with no project and no window."""

from painter_app.tools.convert import CORRECT, RHIZOVISION, TO_ANNOTATIONS
from painter_app.tools.extend import EXTEND
from painter_app.tools.image_folders import RESIZE, SPLIT
from painter_app.tools.measure import COUNT, LENGTH, REGIONS
from painter_app.tools.pictures import COMPOSITES, MASK_IMAGES
from painter_app.tools.segment import SEGMENT_FOLDER
from painter_app.tools.tool import Tool

TOOLS: tuple[Tool, ...] = (
    SEGMENT_FOLDER,
    COUNT,
    LENGTH,
    REGIONS,
    CORRECT,
    RHIZOVISION,
    TO_ANNOTATIONS,
    COMPOSITES,
    MASK_IMAGES,
    SPLIT,
    RESIZE,
    EXTEND,
)
"""In the order of the menu."""
