"""What landings need to know of all cards and of the configuration."""
