"""The MCP server that all sessions share: the tools of orch, at `/mcp` on the hub's port.

It keeps no state about its clients, so a session that connected to a killed hub is served by the next one.
Only `protocol` loads the SDK.
"""
