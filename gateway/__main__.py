"""Run the `usher` command line as `python -m gateway`."""

from gateway.cli.main import main

main()
