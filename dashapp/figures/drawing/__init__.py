"""What all figures share: the canvas, colors, labels, values."""
