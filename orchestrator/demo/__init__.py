"""The scripted agent: a program that shows itself outwardly as Claude Code does, and does what a script says.

It writes the registry file, posts hooks, runs the status line command, writes a transcript and draws its
pane with dialogs and an input line, so that orch can't tell it from the real program; it calls tools of MCP
servers, and with `--print` it works without a terminal and prints its stream. It needs `CLAUDE_CONFIG_DIR`
and writes nowhere else but in its working directory. Only the standard library is used, and little of it, so
that fifty can be started at once; `python -S -E <this folder>` runs it too.

What it does is told by `$ORCH_DEMO_SCRIPTS/<name>.json` (see `script`), or by lines of a prompt that begin
with `demo:` (see `directives`).
"""
