"""The pages of the portal, one file each."""
