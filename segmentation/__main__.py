"""``python -m segmentation``: the command line."""

from segmentation.cli import main

if __name__ == "__main__":
    main()
