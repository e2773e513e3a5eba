"""What a client may ask of the hub: one frozen dataclass for each thing, a file for each subject."""
