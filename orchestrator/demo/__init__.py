"""The scripted agent: a program that looks like Claude Code from outside, and does what a script says.

It writes the registry file, posts hooks, runs the status line command, writes a transcript and draws its pane
with dialogs and an input line, so that orch cannot tell it from the real program; it calls tools of MCP
servers, and with `--print` it works without a terminal and prints its stream. It needs `CLAUDE_CONFIG_DIR`
and writes nowhere else but in its working directory. It uses only the standard library, and little of it, so
that fifty can be started at once; `python -S -E <this folder>` also runs it.

Its actions come from `$ORCH_DEMO_SCRIPTS/<name>.json` (see `script`), or from lines of a prompt that begin
with `demo:` (see `directives`).
"""
