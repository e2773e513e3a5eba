"""The conversations that sessions have: where they are on the disk, what they hold, and who else has them
open."""
