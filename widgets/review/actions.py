"""What each action of the review does."""

from widgets.review.acts.commenting import Comments
from widgets.review.acts.finding import Finds
from widgets.review.acts.looking import Looks


class ReviewActions(Finds, Comments, Looks):
    """One method for each `Action` that begins with `review.`, named after its id with `_` for the dots; each
    is called only when nothing refuses it."""
