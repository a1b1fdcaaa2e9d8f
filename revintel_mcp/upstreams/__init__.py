"""The bundled read-only MCP servers: Stripe, Gumroad, Upwork, and a demo of all three. Programs of their own."""

from revintel_mcp.upstreams.demo_config import demo_config as demo_config
