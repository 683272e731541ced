"""Oh-LoRA TUI: a local Korean companion in the terminal."""

__version__ = "0.1.0"
