"""What the door costs for each event."""
