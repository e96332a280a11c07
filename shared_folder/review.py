"""Review states: what one person has done with each image. One file for each person."""

from enum import StrEnum

from pydantic import Field

from shared_folder.publish import Document


class ReviewState(StrEnum):
    """What a person has done with an image."""

    UNSEEN = "unseen"
    EXAMPLE = "example"  # painted before there was a mask to correct
    PARTLY_CORRECTED = "partly corrected"
    COMPLETE = "complete"  # every error that she saw is corrected
    NOTHING_TO_CORRECT = "nothing to correct"
    SKIPPED = "skipped"


class Reviews(Document):
    """File: <project>/brushloop/review/<painter id>.json"""

    person: str = ""
    states: dict[str, ReviewState] = Field(default_factory=dict)
    """By image id. An image that is not here is unseen."""

    def state(self, image: str) -> ReviewState:
        return self.states.get(image, ReviewState.UNSEEN)

    def having(self, image: str, state: ReviewState) -> "Reviews":
        """The reviews with one image's state changed."""
        return self.model_copy(update={"states": {**self.states, image: state}})


def reviews_of_all(by_person: dict[str, Reviews]) -> dict[str, ReviewState]:
    """One state for each image over everybody: the most finished one that anyone gave it."""
    order = list(ReviewState)
    rank = {state: order.index(state) for state in order} | {ReviewState.SKIPPED: 0.5}
    best: dict[str, ReviewState] = {}
    for reviews in by_person.values():
        for image, state in reviews.states.items():
            if image not in best or rank[state] > rank[best[image]]:
                best[image] = state
    return best
