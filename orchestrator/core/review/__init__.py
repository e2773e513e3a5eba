"""What people and agents say about the lines of a card's diff."""
