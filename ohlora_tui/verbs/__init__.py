"""One file for each verb with sub-commands; cli.py hangs them together."""
