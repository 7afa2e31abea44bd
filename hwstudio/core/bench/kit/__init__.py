"""The run kit: one file on a USB stick that measures a computer without network or installation."""
