"""The dashboard: a Streamlit app that speaks MCP only. It never imports the package and never opens the tracker."""
