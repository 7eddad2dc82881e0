"""`python -m studio` is `charstudio`."""

import sys

from studio.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
