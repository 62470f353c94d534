"""Home: what waits for one, done with one click where one click is enough; and how far a new agency has come."""

from contractflow.services.home.acting import act
from contractflow.services.home.page import Chore, HomePage, page
from contractflow.services.home.queue import Queue, QueueRow, queue

__all__ = ["Chore", "HomePage", "Queue", "QueueRow", "act", "page", "queue"]
