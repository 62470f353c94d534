"""PostgreSQL: engines per role, the unit of work, the roles themselves."""

from contractflow.db import sessions as sessions  # every Session of this process is guarded from here on
