"""Every private hook into Dash and plotly, with its reason and its end."""
