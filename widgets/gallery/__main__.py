"""`python -m widgets.gallery`: the board with sample cards and no hub; with `mail`, a team behind it."""

from widgets.gallery.boards import main

main()
