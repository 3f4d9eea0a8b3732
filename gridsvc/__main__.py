"""`python -m gridsvc`: the command line."""

from gridsvc.cli import main

if __name__ == "__main__":
    main()
