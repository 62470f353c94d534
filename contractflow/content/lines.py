"""One line of what somebody typed."""

from contractflow.content import nodes
from contractflow.errors import Invalid


def one_line(text: str, field_name: str, what: str, limit: int) -> str:
    """`text` on one line without control characters. Raises Invalid when empty or longer than `limit`."""
    line = " ".join(nodes.visible(text).split())
    if not line:
        raise Invalid(f"Enter {what}.", field_name)
    if len(line) > limit:
        raise Invalid(f"This is too long: at most {limit} characters, yours has {len(line):,}.", field_name)
    return line
