"""The board's colours: warm needs a person, cool is working, dim has ended."""

from collections.abc import Mapping

from textual.theme import Theme

# Surfaces are nearly grey, because 256 colours have no dark tints, and the states' colours are strong enough
# to be distinct with 16 colours.
DARK = Theme(
    name="orch-dark",
    primary="#6cb6ff",
    secondary="#56b6c2",
    accent="#8ddb8c",
    warning="#f2a65a",
    error="#f47067",
    success="#8ddb8c",
    foreground="#d3dae3",
    background="#101215",
    surface="#181b1f",
    panel="#22262c",
    dark=True,
    variables={
        "needs": "#f6b155",
        "bad": "#f47067",
        "trouble": "#cc8833",
        "busy": "#4fb3d9",
        "calm": "#6cc26a",
        "off": "#7b8696",
        "title": "#e8edf3",
        "muted": "#98a1b0",
        "faint": "#6a7687",
        "selected": "#363d48",
        "block-cursor-background": "#363d48",
        "block-cursor-foreground": "#e8edf3",
        "border": "#454c56",
        "border-blurred": "#30353d",
        "input-cursor-text-style": "reverse",
        "button-color-foreground": "#101215",
        "scrollbar": "#343a43",
        "scrollbar-background": "#101215",
        "scrollbar-hover": "#465365",
        "scrollbar-active": "#5b6a80",
    },
)

# Greys without a tint: 256 colours turn light ones into lavender or white. `selected` is one of the 256.
LIGHT = Theme(
    name="orch-light",
    primary="#1f5fae",
    secondary="#0f7285",
    accent="#2d7d3a",
    warning="#a85a00",
    error="#b3261e",
    success="#2d7d3a",
    foreground="#262a30",
    background="#f2f2f2",
    surface="#ffffff",
    panel="#e2e2e2",
    dark=False,
    variables={
        "needs": "#a65300",
        "bad": "#b3261e",
        "trouble": "#93521d",
        "busy": "#0c6580",
        "calm": "#2f7a3a",
        "off": "#666b72",
        "title": "#131417",
        "muted": "#50555c",
        "faint": "#6d7176",
        "selected": "#afd7ff",
        "block-cursor-background": "#afd7ff",
        "block-cursor-foreground": "#131417",
        "border": "#bcbfc4",
        "border-blurred": "#d2d4d7",
        "input-cursor-text-style": "reverse",
        "button-color-foreground": "#ffffff",
        "scrollbar": "#c4c6c9",
        "scrollbar-background": "#f2f2f2",
        "scrollbar-hover": "#a2a6ab",
        "scrollbar-active": "#82878d",
    },
)

THEMES = (DARK, LIGHT)


def fitting(environment: Mapping[str, str]) -> str:
    """The theme for this terminal: `ORCH_THEME` (`dark` or `light`), else the background in `COLORFGBG`
    (`15;0` is dark, `0;15` light), else the dark one."""
    if (wanted := environment.get("ORCH_THEME", "")) in ("dark", "light"):
        return f"orch-{wanted}"
    background = environment.get("COLORFGBG", "").rpartition(";")[2]
    light = background.isdigit() and int(background) in (7, *range(9, 16))
    return LIGHT.name if light else DARK.name
