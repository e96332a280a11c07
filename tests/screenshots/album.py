"""The pictures, in the order in which a project goes through the window."""

from pathlib import Path

from painter_app.app import make_application
from tests.screenshots import around, painting, views
from tests.screenshots.stage import Stage

SCENES = (
    around.first_start,
    around.new_project,
    painting.annotating,
    painting.snap,
    painting.lasso,
    painting.fill_by_colour,
    views.outlines,
    views.probability,
    views.uncertainty,
    views.changes,
    views.corrected,
    views.image_list,
    around.export,
    around.who_did_what,
    around.notice,
    around.waiting,
    painting.several_classes,
    views.channels,
    views.image_context,
    views.network,
    around.keys,
    around.trainer_panel,
    around.german,
)


def take_all(to: Path) -> list[Path]:
    """Take every picture. to: a folder, which is made."""
    application = make_application()
    stage = Stage(to)
    try:
        for scene in SCENES:
            scene(stage)
    finally:
        stage.close()
    application.processEvents()
    return stage.taken
