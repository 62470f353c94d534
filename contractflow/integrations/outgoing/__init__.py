"""What we post to other people's programs: signed messages, lines for Slack, and the way there."""
