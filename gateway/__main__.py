"""`python -m gateway` is `usher`."""

from gateway.cli.main import main

main()
