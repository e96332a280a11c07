from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from shared_folder.desired import DesiredState, FolderJob
from shared_folder.labels import Labels
from shared_folder.layout import SharedFolder
from shared_folder.project import Project, ProjectSettings, Source, create_project
from shared_folder.publish import publish_document
from shared_folder.rectangle import Rectangle
from shared_folder.refused import Refused
from shared_folder.segmentation import NO_MODEL, Segmentation, write_segmentation
from tests.trainer.small_folder import Clock, annotate, make_project, truth_of, wish
from trainer import folder_view, project_view
from trainer.folder_view import EVERYTHING_SECONDS, FolderView
from trainer.plan import Have
from trainer.stamps import SETTLING_SECONDS, FolderStamps

Look = Callable[[], FolderView]


@pytest.fixture
def clock() -> Clock:
    return Clock(step=0.0)


@pytest.fixture
def look(shared: SharedFolder, clock: Clock) -> Look:
    """Looks at the folder once more, a second later."""
    view = FolderView(shared, {}, clock)

    def looking() -> FolderView:
        clock.now += 1.0
        view.look()
        return view

    return looking


@pytest.fixture
def project(shared: SharedFolder) -> Project:
    return make_project(shared)


def mask(project: Project, index: int, model: str, latest: bool = False) -> None:
    name = project.images[index]
    path = project.latest_path(name) if latest else project.segmentation_path(name)
    write_segmentation(path, Segmentation(Labels.from_array(truth_of(index)), model), project.classes)


def model_file(project: Project, number: int) -> None:
    (project.folder.models / f"{number:06d}_lab.safetensors").write_bytes(b"only its name is looked at")


def test_wishes_come_with_what_exists(look: Look, project: Project) -> None:
    model_file(project, 2)
    mask(project, 1, "000001_lab")
    mask(project, 2, "000002_lab")
    mask(project, 3, NO_MODEL)
    wish(project, 0, 1, 2, 3, on_screen=2, view=(1, 2, 30, 40))
    wishes = look().wanted_masks()
    assert [wish.image for wish in wishes] == [project.images[index] for index in (2, 0, 1, 3)]
    assert [wish.have for wish in wishes] == [Have.CURRENT, Have.NONE, Have.OLDER, Have.NONE]
    assert wishes[0].on_screen
    assert wishes[0].first == Rectangle(1, 2, 30, 40)
    assert wishes[1].first is None


def test_an_annotated_image_has_the_newer_of_its_masks(look: Look, project: Project) -> None:
    model_file(project, 2)
    annotate(project, 1)
    wish(project, 1)
    view = look().projects[project.location]
    assert view.have(project.images[1]) is Have.NONE
    mask(project, 1, "000001_lab")
    assert view.have(project.images[1]) is Have.OLDER
    mask(project, 1, "000002_lab", latest=True)
    assert view.have(project.images[1]) is Have.CURRENT
    assert view.mask_path(project.images[1]) == project.latest_path(project.images[1])


def test_a_mask_by_the_newest_model_from_before_the_annotation_is_current(look: Look, project: Project) -> None:
    model_file(project, 2)
    mask(project, 1, "000002_lab")
    mask(project, 1, "000001_lab", latest=True)
    annotate(project, 1)
    wish(project, 1)
    assert look().projects[project.location].have(project.images[1]) is Have.CURRENT


def test_an_image_in_both_folders_is_validation(look: Look, project: Project) -> None:
    annotate(project, 0)
    annotate(project, 0, validation=True)
    wish(project, 0)
    view = look().projects[project.location]
    assert view.train == {}
    assert list(view.validation) == [project.images[0]]


def test_a_folder_is_not_listed_again_while_nothing_changed(
    look: Look, clock: Clock, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    annotate(project, 0)
    wish(project, 0)
    view = look()
    clock.now += SETTLING_SECONDS + 1
    listed: list[Path] = []

    def listing(self: FolderStamps) -> dict[str, object]:
        listed.append(self._folder)
        return original(self)

    original = FolderStamps._list
    monkeypatch.setattr(FolderStamps, "_list", listing)
    version = view.projects[project.location].version
    for _ in range(5):
        look()
    assert listed == []
    annotate(project, 1)
    look()
    assert listed == [project.folder.train]
    assert view.projects[project.location].version == version + 1
    clock.now += EVERYTHING_SECONDS
    look()
    assert project.folder.validation in listed


def test_only_changed_wishes_are_read_again(
    look: Look, project: Project, shared: SharedFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    def reading(path: Path, kind: type) -> object:
        read.append(path.name)
        return original(path, kind)

    original = folder_view.read_document
    monkeypatch.setattr(folder_view, "read_document", reading)
    wish(project, 0, painter="ada")
    wish(project, 0, painter="ben")
    look()
    look()
    wish(project, 1, painter="ben")
    look()
    assert sorted(read) == ["ada.json", "ben.json", "ben.json"]


def test_an_annotation_written_in_place_is_seen_when_its_image_is_wanted(look: Look, project: Project) -> None:
    path = annotate(project, 0)
    wish(project, 0)
    for _ in range(4):
        look()
    version = look().projects[project.location].version
    with path.open("ab") as file:
        file.write(b"more")
    assert look().projects[project.location].version == version + 1


def test_a_wish_that_went_is_gone(look: Look, project: Project) -> None:
    path = wish(project, 0, learning=True)
    assert look().wants_learning() == (project.location,)
    path.unlink()
    view = look()
    assert view.wants_learning() == ()
    assert view.wanted_masks() == ()
    assert view.projects == {}


def test_a_project_that_changes_or_goes_is_taken_in(look: Look, project: Project) -> None:
    wish(project, 0, learning=True)
    look()
    publish_document(project.folder.settings, ProjectSettings(image_root="scans"))
    assert look().projects[project.location].project.settings.image_root == "scans"
    project.folder.file.rename(project.folder.file.with_name("away"))
    view = look()
    assert view.projects == {}
    assert any("roots.seg_proj" in sentence for sentence in view.refusals())


def test_a_project_of_a_newer_format_is_served_with_nothing(look: Look, project: Project) -> None:
    text = project.folder.file.read_text().replace('"reads_from": 1', '"reads_from": 9')
    project.folder.file.write_text(text)
    wish(project, 0)
    assert any("newer Brushloop" in sentence for sentence in look().refusals())


def test_pages_and_files_of_an_image_root(shared: SharedFolder, clock: Clock, tmp_path: Path) -> None:
    scans = tmp_path / "scans"
    scans.mkdir()
    Image.new("L", (5, 4)).save(scans / "stack.tif", save_all=True, append_images=[Image.new("L", (5, 4))])
    project = create_project(
        shared,
        "far",
        "scans",
        ("stack_p0002.tif",),
        ProjectSettings(image_root="scans"),
        {"stack_p0002.tif": Source(path="stack.tif", page=2)},
    )
    wish(project, 0)
    view = FolderView(shared, {"scans": scans}, clock)
    view.look()
    assert view.projects[project.location].image_place("stack_p0002.tif") == (scans / "stack.tif", (1,))
    without = FolderView(shared, {}, clock)
    without.look()
    with pytest.raises(Refused, match="--images scans=FOLDER"):
        without.projects[project.location].image_place("stack_p0002.tif")


def test_folder_jobs_give_what_is_missing(look: Look, project: Project, shared: SharedFolder) -> None:
    model_file(project, 1)
    mask(project, 0, "000001_lab")
    mask(project, 1, NO_MODEL)
    publish_document(shared.jobs / "some.json", FolderJob(project=project.location, images=project.images[:4]))
    view = look()
    assert view.next_job_mask(lambda mask: mask.image != project.images[1]) is not None
    assert view.job_masks_left(project.location) == 2
    wanted = view.next_job_mask(lambda _: True)
    assert wanted is not None
    assert wanted.image == project.images[2]
    mask(project, 2, "000001_lab")
    mask(project, 3, "000001_lab")
    assert view.next_job_mask(lambda _: True) is None
    assert view.job_masks_left(project.location) == 0


def test_folder_jobs_wait_for_a_model(look: Look, project: Project, shared: SharedFolder) -> None:
    publish_document(shared.jobs / "all.json", FolderJob(project=project.location))
    view = look()
    assert view.next_job_mask(lambda _: True) is None
    assert view.job_masks_left(project.location) == len(project.images)


def test_the_model_of_a_mask_is_read_once(look: Look, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    model_file(project, 1)
    mask(project, 0, "000001_lab")
    wish(project, 0)
    view = look().projects[project.location]
    assert view.have(project.images[0]) is Have.CURRENT
    monkeypatch.setattr(project_view, "model_of", None)
    assert view.have(project.images[0]) is Have.CURRENT


def test_images_of_one_identity_but_the_first_get_no_mask(look: Look, shared: SharedFolder) -> None:
    project = create_project(shared, "twins", "twins", ("leaf.jpg", "Leaf.png"))
    state = DesiredState(project=project.location, masks=("Leaf.png", "leaf.jpg"))
    publish_document(shared.desired_state("ada"), state)
    assert [wish.image for wish in look().wanted_masks()] == ["leaf.jpg"]
