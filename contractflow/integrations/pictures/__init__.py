"""Pictures people upload: judged by their bytes, then drawn anew, so that nothing of the file itself is ever kept.

`look_at` reads the first bytes and says what a file is; its name and the type it claims are nobody's business.
`redraw` decodes it in a process of its own, with little memory, little time and none of our secrets.
"""

from contractflow.integrations.pictures.looking import LARGEST, Seen, look_at
from contractflow.integrations.pictures.redrawing import Picture, redraw

__all__ = ["LARGEST", "Picture", "Seen", "look_at", "redraw"]
