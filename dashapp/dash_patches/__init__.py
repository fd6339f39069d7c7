"""Workarounds that rely on private parts of Dash and plotly, each with its reason."""
