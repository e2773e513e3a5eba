"""What the hub finds out about sessions besides their own reports."""
