"""The dashboard's script: what stands around every page. Streamlit runs it from top to bottom at every turn."""

from dashboard.frame import run

run()
