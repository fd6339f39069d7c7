"""The customer segmentation portal."""
