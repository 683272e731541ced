"""`python -m ohlora_tui`: the same as the `ohlora` script."""

from ohlora_tui.cli import main

if __name__ == "__main__":
    main()
