"""Figures: functions from a table to a plotly figure."""
