"""``python -m segmentation``: the command line."""

from segmentation.cli.commands import main

if __name__ == "__main__":
    main()
