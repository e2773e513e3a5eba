"""What repositories bring along runs once a person has allowed it."""
