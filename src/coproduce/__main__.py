"""`python -m coproduce` is the same as `coproduce`."""

from coproduce.cli import main

if __name__ == "__main__":
    main()
