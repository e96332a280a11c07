"""The table of actions: everything that a menu, a button or a key can do."""

from dataclasses import dataclass

from painter_app.language import tr
from painter_app.tools import TOOLS


@dataclass(frozen=True)
class Row:
    """One action. name: its slot's name in the window. keys: the usual ones, of which menus and tooltips show the
    first."""

    name: str
    menu: str
    text: str
    tip: str
    keys: tuple[str, ...] = ()
    icon: str = ""
    checkable: bool = False
    needs: str = "project"
    """What must be open: "project", "image" or nothing."""


ACTIONS = (
    Row("new_project", "Project", "&New…", "Make a project from a folder of images", ("Ctrl+N",), "new", needs=""),
    Row("open_project", "Project", "&Open…", "Open a project (.seg_proj)", ("Ctrl+O",), "open", needs=""),
    Row("close_project", "Project", "&Close", "Close the project; strokes are saved", ("Ctrl+W",)),
    Row("classes", "Project", "C&lasses…", "Add, rename, recolour, order and merge what to find", ("Ctrl+L",)),
    Row("export", "Project", "&Export masks…", "Write the masks for other programs", ("Ctrl+E",), "export"),
    Row(
        "who_did_what", "Project", "&Who did what…", "How many images each person has annotated, and how long it took"
    ),
    Row(
        "metrics",
        "Project",
        "Corrective &metrics…",
        "How much of each mask you corrected, image by image; as a plot and as a table",
    ),
    Row("open_folder", "Project", "Open the shared &folder", "Show the shared folder's files", (), "folder"),
    Row(
        "change_folder",
        "Project",
        "C&hange the shared folder…",
        "Choose the folder that this window and its trainers share",
        needs="",
    ),
    Row("image_root", "Project", "Where the &images are…", "Choose the folder of this project's image root"),
    Row("person", "Project", "&Your name…", "The name that your annotations carry", needs=""),
    Row("quit", "Project", "&Quit", "Save and leave", ("Ctrl+Q",), needs=""),
    Row("undo", "Edit", "&Undo stroke", "Take back the last stroke", ("Z", "Ctrl+Z"), "undo", needs="image"),
    Row("redo", "Edit", "&Redo stroke", "Lay it down again", ("Ctrl+Shift+Z", "Ctrl+Y"), "redo", needs="image"),
    Row(
        "nothing_here",
        "Edit",
        "&Nothing here",
        "Label the whole image as background; undo takes it back",
        ("N",),
        "nothing-here",
        needs="image",
    ),
    Row(
        "right_in_view",
        "Edit",
        "All in &view is right",
        "Label what is in view as the mask says; what you painted stays",
        ("Y",),
        needs="image",
    ),
    Row("brush_first", "Brushes", "&Foreground", "Paint the first class", ("Q",), "brush-foreground", needs="image"),
    Row("brush_background", "Brushes", "&Background", "Paint background", ("W",), "brush-background", needs="image"),
    Row("brush_eraser", "Brushes", "&Eraser", "Take back what you painted", ("E",), "eraser", needs="image"),
    Row(
        "brush_unsure",
        "Brushes",
        "Can't &tell",
        "Paint what nobody can tell; it stays out of learning and figures",
        ("R",),
        "brush-unsure",
        needs="image",
    ),
    Row("tool_brush", "Brushes", "Brus&h", "Paint strokes", ("B",), "tool-brush", checkable=True, needs="image"),
    Row(
        "tool_line",
        "Brushes",
        "Straight l&ine",
        "Paint one straight line",
        ("D",),
        "tool-line",
        checkable=True,
        needs="image",
    ),
    Row(
        "tool_snap",
        "Brushes",
        "&Snap to a line",
        "Paint along a root, vessel or membrane: press at one end, release at the other",
        ("X",),
        "tool-snap",
        checkable=True,
        needs="image",
    ),
    Row(
        "tool_lasso",
        "Brushes",
        "L&asso",
        "Label all that you draw around",
        ("G",),
        "tool-lasso",
        checkable=True,
        needs="image",
    ),
    Row(
        "tool_region",
        "Brushes",
        "Re&gion",
        "Label a whole region with one click: a wrong blob becomes background, a hole is filled",
        ("F",),
        "tool-region",
        checkable=True,
        needs="image",
    ),
    Row(
        "tool_fill",
        "Brushes",
        "Fill by &colour",
        "Label what is coloured alike around a click; drag to the right for more of it, to the left for less",
        ("H",),
        "tool-fill",
        checkable=True,
        needs="image",
    ),
    Row(
        "tool_right",
        "Brushes",
        "&This is right",
        "Draw around what the mask has right; the model learns from that too",
        ("T",),
        "tool-right",
        checkable=True,
        needs="image",
    ),
    Row(
        "pick_class",
        "Brushes",
        "&Pick the class",
        "Take the brush of what is under the pointer",
        ("P",),
        needs="image",
    ),
    Row("brush_larger", "Brushes", "&Larger brush", "Also Shift + wheel, Shift + move", ("]",), needs="image"),
    Row("brush_smaller", "Brushes", "&Smaller brush", "Also Shift + wheel, Shift + move", ("[",), needs="image"),
    Row("fit", "View", "&Fit", "Show the whole image", ("Ctrl+F",), "fit", needs="image"),
    Row("actual_size", "View", "&Actual size", "One pixel is one pixel", ("Ctrl+A",), "actual-size", needs="image"),
    Row("zoom_in", "View", "Zoom &in", "Also the wheel", ("+", "="), needs="image"),
    Row("zoom_out", "View", "Zoom &out", "Also the wheel", ("-",), needs="image"),
    Row("toggle_mask", "View", "&Mask", "Show or hide the model's mask", ("S",), "mask", checkable=True),
    Row(
        "toggle_annotation",
        "View",
        "A&nnotation",
        "Show or hide what you painted; nothing is painted while it is hidden",
        ("A",),
        "annotation",
        checkable=True,
    ),
    Row(
        "toggle_uncertainty",
        "View",
        "&Uncertainty",
        "Show or hide where the newest model may be wrong",
        ("U",),
        checkable=True,
    ),
    Row("toggle_image", "View", "Ima&ge", "Show or hide the image", ("I",), "image", checkable=True),
    Row(
        "toggle_probability",
        "View",
        "&Probability",
        "Show how likely the newest model takes each pixel for the class of the brush, instead of the mask",
        (".",),
        checkable=True,
    ),
    Row(
        "toggle_corrected",
        "View",
        "Co&rrected mask",
        "Show the mask with what you painted laid over it, as it is exported; painting goes on",
        (",",),
        checkable=True,
    ),
    Row("toggle_outline", "View", "Out&lines", "Show borders only", ("O",), "outline", checkable=True),
    Row(
        "blink",
        "View",
        "&Blink",
        "Show the image alone every other second; hold Backspace to do so yourself",
        checkable=True,
    ),
    Row(
        "contrast",
        "View",
        "Brightness and &contrast…",
        "How bright the image is shown; the network sees it as it is",
        ("V",),
        needs="image",
    ),
    Row(
        "lock_mask",
        "View",
        "Loc&k this mask",
        "Keep the mask as it is, though a better one may come",
        ("L",),
        "lock",
        checkable=True,
        needs="image",
    ),
    Row(
        "newest_mask",
        "View",
        "Ne&west mask",
        "On a corrected image: what the newest model says instead of the mask that you corrected",
        ("M",),
        checkable=True,
        needs="image",
    ),
    Row(
        "show_changes",
        "View",
        "What has &changed",
        "Mark where this mask differs from the one before; again: look at the places one by one",
        ("F9",),
        needs="image",
    ),
    Row(
        "theme_system", "View", "Colours of the s&ystem", "Light or dark as the desktop is", checkable=True, needs=""
    ),
    Row("theme_light", "View", "&Light", "Dark text on light ground", checkable=True, needs=""),
    Row("theme_dark", "View", "&Dark", "Light text on dark ground", checkable=True, needs=""),
    Row("language_system", "View", "Language of the sys&tem", "As the desktop's", checkable=True, needs=""),
    Row("language_en", "View", "&English", "The window in English", checkable=True, needs=""),
    Row("language_de", "View", "Deutsc&h", "Das Fenster auf Deutsch", checkable=True, needs=""),
    Row(
        "save_and_next",
        "Image",
        "&Save && Next",
        "Save, and go on: what you left of the mask is taken for right",
        ("Return", "Enter", "Ctrl+Return", "Ctrl+Enter"),
        "save-next",
        needs="image",
    ),
    Row("skip", "Image", "S&kip", "Go on without judging this image", ("K",), "skip", needs="image"),
    Row("previous", "Image", "&Previous", "The image before; strokes are saved", ("PgUp", "Alt+Left"), "previous"),
    Row("next", "Image", "&Next", "The image after; strokes are saved", ("PgDown", "Alt+Right"), "next"),
    Row("jump", "Image", "&Go to…", "Jump to an image by number or name", ("Ctrl+G",), "list"),
    Row(
        "next_uncertain",
        "Image",
        "Next &uncertain place",
        "Look at the next place of this image where the mask is unsure",
        ("J",),
        needs="image",
    ),
    Row(
        "next_doubtful",
        "Image",
        "Next &doubtful annotation",
        "The next image whose annotation the newest model contradicts",
        ("F8",),
    ),
    Row(
        "note",
        "Image",
        "N&ote…",
        "Write a note on this image, for everybody in the project",
        ("F2",),
        needs="project",
    ),
    Row(
        "for_validation",
        "Image",
        "For &validation",
        "Use this image to check the model, not to learn from it",
        checkable=True,
        needs="image",
    ),
    Row(
        "image_context",
        "Image",
        "&Where it comes from",
        "The file, page and place that this image was taken from",
        ("Ctrl+Shift+C",),
        needs="image",
    ),
    Row(
        "learning",
        "Trainer",
        "&Learning",
        "Whether the trainer learns from what you paint; masks are made either way",
        ("Ctrl+T",),
        "learning-on",
        checkable=True,
    ),
    Row("start_trainer", "Trainer", "&Start one on this computer", "A trainer that ends with this window"),
    Row("trainer_log", "Trainer", "Show its lo&g", "What the trainer wrote about its work", (), "log"),
    Row("masks_ahead", "Trainer", "&Masks ahead…", "How many of the next images have their masks made early"),
    Row(
        "learning_scale",
        "Trainer",
        "Si&ze at which it learns…",
        "Whether the network sees the images larger or smaller than they are",
    ),
    *(Row(f"tool_for_{tool.name.replace('-', '_')}", "Tools", tool.title, tool.does, needs="") for tool in TOOLS),
    Row(
        "network_view",
        "Help",
        "What the &network sees",
        "Tile, margin and receptive field where you point; augmentations one by one; the mask of a turned image",
        needs="image",
    ),
    Row("shortcuts", "Help", "Keyboard &shortcuts", "All keys on one sheet", ("C", "F1"), "help", needs=""),
    Row("change_keys", "Help", "Change &keys…", "Choose which key does what; a set for the left hand", needs=""),
    Row(
        "show_hints",
        "Help",
        "Show the &hints again",
        "The first steps, one at a time, beside what they speak of",
        needs="",
    ),
    Row("about", "Help", "&About Brushloop", "Version and licence", needs=""),
)

HELD_AND_MOUSE = (
    ("Brushes", "Class 1, 2, …", "1 … 9"),
    ("View", "Image alone, while held", "Backspace"),
    ("Mouse", "Paint", "left button"),
    ("Mouse", "Erase", "right button"),
    ("Mouse", "Zoom at the pointer", "wheel"),
    ("Mouse", "Move the image", "Space, Ctrl or middle button + drag"),
    ("Mouse", "Brush size", "Shift or Alt + wheel, Shift + move"),
)

GROUP_ENDS = {
    "close_project",
    "metrics",
    "change_folder",
    "redo",
    "brush_unsure",
    "pick_class",
    "zoom_out",
    "contrast",
    "show_changes",
    "theme_dark",
    "skip",
    "next_doubtful",
    "learning",
    "tool_for_regions",
    "tool_for_to_annotations",
    "tool_for_mask_images",
}
"""Actions after which a menu has a line."""


def spoken(row: Row) -> str:
    """An action's name in a sentence."""
    return tr(row.text).replace("&&", tr("and")).replace("&", "").rstrip("…")


def title(menu: str) -> str:
    """A menu's name as its bar shows it."""
    return tr("&" + menu)
