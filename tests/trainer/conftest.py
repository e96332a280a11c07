import gc
from collections.abc import Iterator

import pytest

from shared_folder.layout import SharedFolder
from shared_folder.project import Project
from tests.trainer.small_folder import Clock, Start, make_project, small_service
from trainer.service import Service


@pytest.fixture(autouse=True, scope="session")
def _old_objects_stay() -> Iterator[None]:
    """Each network that is let go of is followed by a collection, which needn't look through all of torch."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def start(shared: SharedFolder, clock: Clock) -> Iterator[Start]:
    """Starts services on the shared folder, and ends them."""
    services: list[Service] = []

    def starting(trainer_id: str = "lab-0001", window: str = "") -> Service:
        services.append(small_service(shared, clock, trainer_id, window))
        return services[-1]

    yield starting
    for service in services:
        service.close()


@pytest.fixture(autouse=True)
def two_images_validate(monkeypatch: pytest.MonkeyPatch) -> None:
    """The projects of these tests have few images."""
    monkeypatch.setattr("trainer.taking_up.FEWEST_TO_VALIDATE", 2)


@pytest.fixture
def quick_validations(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four batches are enough for a validation."""
    monkeypatch.setattr("trainer.learning.LEAST_BATCHES", 4)
    monkeypatch.setattr("trainer.learning.FIRST_VALIDATION_SECONDS", 0.8)
    monkeypatch.setattr("trainer.learning.VALIDATION_SECONDS", 0.8)
    monkeypatch.setattr("trainer.learning.MOST_VALIDATING", 1.0)


@pytest.fixture
def project(shared: SharedFolder) -> Project:
    return make_project(shared)
