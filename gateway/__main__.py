"""`python -m gateway` is `usher`."""

from gateway.cli import main

main()
