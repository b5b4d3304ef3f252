"""`python -m visunn_lint` is `visunn`, of the interpreter that runs it."""

from visunn_lint.cli import main

if __name__ == "__main__":
    main()
