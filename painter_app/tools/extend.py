"""More images for a project that is there, as RootPainter's "Extend dataset" takes them in."""

from painter_app.datasets.extend import extend_project
from painter_app.marking import marked
from painter_app.tools.tool import Entry, Kind, Outcome, Progress, Tool, Values
from shared_folder.extending import Place
from shared_folder.project import open_project


def extend(values: Values, progress: Progress) -> Outcome:
    """Take the new images of a folder into a project."""
    project = open_project(values["project"])
    place = Place(values["order"])
    made = extend_project(project, values["images"], place, lambda _, done, total: progress(done, total))
    return Outcome(len(made.project.images) - len(project.images), made.damaged)


EXTEND = Tool(
    "extend",
    marked("E&xtend a project…"),
    marked(
        "Takes more images into a project: those that were put into its own folder of images, or those of another "
        "folder, which are copied. Close the project in other windows first."
    ),
    (
        Entry("project", marked("&Project"), marked("Folder of the project"), Kind.FOLDER),
        Entry("images", marked("&Images"), marked("Folder with the new images"), Kind.FOLDER),
        Entry(
            "order",
            marked("&Order"),
            marked("When the new images come"),
            Kind.CHOICE,
            Place.LAST,
            (
                (Place.NEXT, marked("Next, after the last annotated one")),
                (Place.MIXED, marked("Mixed with those that aren't annotated")),
                (Place.LAST, marked("Last, after all others")),
            ),
        ),
    ),
    extend,
    "--project shared/projects/roots --images more-scans --order next",
)
